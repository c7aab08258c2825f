/* Solves minimum-cost flows in DIMACS format by lib/panel/flow and checks every answer with code of
 * its own:
 *
 *   flow-dimacs [--time] FILE
 *
 * c …                          a remark
 * p min NODES ARCS             once, before what follows
 * n NODE SUPPLY                once for each node whose supply is not 0; negative is a demand
 * a FROM TO LOW CAPACITY COST  a capacity of -1, or over 10^12, is no bound
 *
 * Prints `cost N` (and with --time `pivots N`, and `seconds N` and `cpu N` of the solver alone),
 * exit status 0. 1: no flow exists (which nodes cannot be served), the cost has no bound (a cycle
 * that shows it), or the file is bad (file:line: what is wrong); 2: wrong use; 3: the solver's
 * answer does not stand the check; 4: the file cannot be read, or there is no memory. */
#include "base/mem.h"
#include "base/text.h"
#include "panel/flow.h"

#include <errno.h>
#include <inttypes.h>
#include <stdnoreturn.h>

#define NO_BOUND INT64_MAX
enum { BAD = 1, USAGE = 2, WRONG = 3, SYSTEM = 4, MOST_NAMED = 10 };

struct arc {
    uint32_t from, to;
    int64_t low, high; /* NO_BOUND: none */
};

struct problem {
    const char *file;
    uint64_t line;
    uint32_t nodes, arc_count, room, arcs_told;
    struct arc *arcs;
    int64_t *costs, *supply, *amount;
    bool *has_supply;
};

static noreturn void no_memory(void)
{
    fputs("flow-dimacs: no memory\n", stderr);
    exit(SYSTEM);
}

static noreturn void bad_line(const struct problem *problem, const char *what)
{
    fprintf(stderr, "%s:%" PRIu64 ": %s\n", problem->file, problem->line, what);
    exit(BAD);
}

/* ---- reading ---- */

/* The words of a line that are numbers: exactly `count`, each up to 10^18 in size. */
static void numbers(const struct problem *problem, const char *at, const char *end, int count,
                    int64_t *values, const char *form)
{
    for (int i = 0; i <= count; i++) {
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        const char *word = at;
        while (at < end && *at != ' ' && *at != '\t')
            at++;
        bool good = i == count
                        ? word == end
                        : rk_text_int((struct rk_text){word, (size_t)(at - word)}, &values[i]) &&
                              values[i] <= INT64_C(1000000000000000000) &&
                              values[i] >= -INT64_C(1000000000000000000);
        if (!good)
            bad_line(problem, form);
    }
}

static uint32_t node_of(const struct problem *problem, int64_t number)
{
    if (number < 1 || number > problem->nodes)
        bad_line(problem, "a node's number is not among those of the line p");
    return (uint32_t)(number - 1);
}

static void read_problem_line(struct problem *problem, const char *at, const char *end)
{
    static const char form[] = "expected p min NODES ARCS, with at least one node";
    int64_t v[2];
    if (problem->nodes)
        bad_line(problem, "a second line p");
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    if (end - at < 4 || memcmp(at, "min", 3) != 0)
        bad_line(problem, form);
    numbers(problem, at + 3, end, 2, v, form);
    if (v[0] < 1 || v[1] < 0)
        bad_line(problem, form);
    if (v[0] > INT32_MAX || v[1] > INT32_MAX)
        bad_line(problem, "more nodes or arcs than 2^31 - 1");
    problem->nodes = (uint32_t)v[0];
    problem->arcs_told = (uint32_t)v[1];
    problem->supply = rk_alloc(problem->nodes, sizeof *problem->supply);
    problem->has_supply = rk_alloc(problem->nodes, sizeof *problem->has_supply);
}

static void read_node_line(struct problem *problem, const char *at, const char *end)
{
    int64_t v[2];
    numbers(problem, at, end, 2, v, "expected n NODE SUPPLY");
    uint32_t node = node_of(problem, v[0]);
    if (v[1] > RK_FLOW_MOST || v[1] < -RK_FLOW_MOST)
        bad_line(problem, "a supply over 10^12 in size");
    if (problem->has_supply[node])
        bad_line(problem, "a node's supply is told twice");
    problem->has_supply[node] = true;
    problem->supply[node] = v[1];
}

static void read_arc_line(struct problem *problem, const char *at, const char *end)
{
    int64_t v[5];
    numbers(problem, at, end, 5, v, "expected a FROM TO LOW CAPACITY COST");
    struct arc arc = {node_of(problem, v[0]), node_of(problem, v[1]), v[2], v[3]};
    if (arc.low > RK_FLOW_MOST || arc.low < -RK_FLOW_MOST)
        bad_line(problem, "a lower bound over 10^12 in size");
    if (arc.high > RK_FLOW_MOST || (arc.high == -1 && arc.low > -1))
        arc.high = NO_BOUND;
    if (arc.high < arc.low)
        bad_line(problem, "a capacity under the lower bound");
    if (v[4] > rk_flow_largest_cost(problem->nodes) || v[4] < -rk_flow_largest_cost(problem->nodes))
        bad_line(problem, "a cost too large: cost times nodes must stay under 2^60");
    if (problem->arc_count == problem->arcs_told)
        bad_line(problem, "more arcs than the line p tells");
    if (problem->arc_count == problem->room) {
        problem->room = problem->room ? problem->room * 2 : 1024;
        problem->arcs = rk_resize(problem->arcs, problem->room, sizeof *problem->arcs);
        problem->costs = rk_resize(problem->costs, problem->room, sizeof *problem->costs);
    }
    problem->costs[problem->arc_count] = v[4];
    problem->arcs[problem->arc_count++] = arc;
}

static void read_problem(struct problem *problem)
{
    FILE *file = fopen(problem->file, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t size = 0;
    errno = file ? 0 : errno;
    while (file && (size = getline(&line, &room, file)) >= 0) {
        const char *end = line + size;
        problem->line++;
        while (end > line && (end[-1] == '\n' || end[-1] == '\r' || end[-1] == ' '))
            end--;
        if (end == line || *line == 'c')
            continue;
        if (end - line < 2 || (line[1] != ' ' && line[1] != '\t') || !strchr("pna", *line))
            bad_line(problem, "expected a line c, p, n or a");
        if (*line == 'p')
            read_problem_line(problem, line + 1, end);
        else if (!problem->nodes)
            bad_line(problem, "a line n or a before the line p");
        else if (*line == 'n')
            read_node_line(problem, line + 1, end);
        else
            read_arc_line(problem, line + 1, end);
    }
    if (!file || ferror(file) || !feof(file)) {
        fprintf(stderr, "%s: cannot be read: %s\n", problem->file, strerror(errno));
        exit(SYSTEM);
    }
    fclose(file);
    free(line);
    problem->line += problem->line == 0;
    if (!problem->nodes)
        bad_line(problem, "the file ends without a line p min NODES ARCS");
    if (problem->arc_count != problem->arcs_told)
        bad_line(problem, "the file ends with fewer arcs than the line p tells");
    rk_free(problem->has_supply);
}

/* ---- the network ---- */

/* An arc without a bound gets one that no flow worth having passes: a flow that is cheapest is made
 * of paths from supplies and of cycles, and each cycle passes an arc that has a bound (or there is
 * no cheapest). The checks below do not rely on it: for them such an arc has no bound. */
static struct rk_flow *network(const struct problem *problem)
{
    __int128 enough = 1; /* one more, so that no arc is ever full for that */
    for (uint32_t u = 0; u < problem->nodes; u++)
        enough += problem->supply[u] > 0 ? problem->supply[u] : 0;
    for (uint32_t a = 0; a < problem->arc_count; a++) {
        const struct arc *arc = &problem->arcs[a];
        enough += arc->low < 0 ? -arc->low : arc->low;
        if (arc->high != NO_BOUND)
            enough += arc->high - (arc->low < 0 ? arc->low : 0);
    }
    enough = enough < RK_FLOW_MOST ? enough : RK_FLOW_MOST;
    struct rk_flow *flow = rk_flow_new(problem->nodes);
    for (uint32_t u = 0; u < problem->nodes; u++)
        rk_flow_supply(flow, u, problem->supply[u]);
    for (uint32_t a = 0; a < problem->arc_count; a++) {
        struct arc arc = problem->arcs[a];
        rk_flow_arc(flow, arc.from, arc.to, arc.low,
                    arc.high == NO_BOUND ? (int64_t)enough : arc.high);
    }
    return flow;
}

/* ---- checks: nothing of the solver but amounts and potentials goes in ---- */

static noreturn void wrong(const char *what)
{
    printf("wrong: %s\n", what);
    exit(WRONG);
}

/* Reads the amounts; leaves in `left` what each node has not given away (or, negative, not got). */
static void read_amounts(struct problem *problem, const struct rk_flow *flow, int64_t *left)
{
    memcpy(left, problem->supply, problem->nodes * sizeof *left);
    problem->amount = rk_alloc((size_t)problem->arc_count + 1, sizeof *problem->amount);
    for (uint32_t a = 0; a < problem->arc_count; a++) {
        const struct arc *arc = &problem->arcs[a];
        int64_t amount = problem->amount[a] = rk_flow_amount(flow, a);
        if (amount < arc->low || amount > arc->high)
            wrong("an arc carries what its bounds do not allow");
        left[arc->from] -= amount;
        left[arc->to] += amount;
    }
}

/* Prints a cycle of arcs without bound that costs less than nothing, found by Bellman and Ford;
 * false when there is none. */
static bool print_cycle(const struct problem *problem)
{
    int64_t *far = rk_alloc(problem->nodes, sizeof *far);
    uint32_t *via = rk_alloc(problem->nodes, sizeof *via), changed = UINT32_MAX;
    for (uint64_t round = 0; round <= problem->nodes; round++) {
        changed = UINT32_MAX;
        for (uint32_t a = 0; a < problem->arc_count; a++) {
            const struct arc *arc = &problem->arcs[a];
            if (arc->high == NO_BOUND && far[arc->from] + problem->costs[a] < far[arc->to]) {
                far[arc->to] = far[arc->from] + problem->costs[a];
                via[arc->to] = arc->from;
                changed = arc->to;
            }
        }
        if (changed == UINT32_MAX)
            break;
    }
    if (changed != UINT32_MAX) {
        for (uint32_t step = 0; step < problem->nodes; step++) /* surely onto the cycle */
            changed = via[changed];
        fputs("unbounded: arcs without a bound make a cycle that costs less than nothing:", stdout);
        uint32_t node = changed, named = 0;
        do {
            printf("%s %" PRIu32, named ? " from" : "", node + 1);
            node = via[node];
        } while (++named < MOST_NAMED && node != changed);
        if (node == changed)
            printf(" from %" PRIu32 "\n", changed + 1);
        else
            puts(" from …");
    }
    rk_free(far);
    rk_free(via);
    return changed != UINT32_MAX;
}

/* Prints the cost; the exit status. */
static int check_optimal(const struct problem *problem, const struct rk_flow *flow,
                         const int64_t *left)
{
    __int128 cost = 0;
    for (uint32_t u = 0; u < problem->nodes; u++)
        if (left[u] != 0)
            wrong("a node does not give away its supply");
    for (uint32_t a = 0; a < problem->arc_count; a++) {
        const struct arc *arc = &problem->arcs[a];
        __int128 reduced = (__int128)problem->costs[a] + rk_flow_potential(flow, arc->from) -
                           rk_flow_potential(flow, arc->to);
        if (reduced < 0 && arc->high == NO_BOUND) {
            if (!print_cycle(problem))
                fprintf(stderr, "%s: the bounds add up to over 10^12: too large\n", problem->file);
            return BAD;
        }
        if (reduced < 0 && problem->amount[a] != arc->high)
            wrong("an arc would cost less with more");
        if (reduced > 0 && problem->amount[a] != arc->low)
            wrong("an arc would cost less with less");
        cost += (__int128)problem->costs[a] * problem->amount[a];
    }
    if (cost != rk_flow_cost(flow, problem->costs) || cost != rk_flow_bound(flow))
        wrong("the cost is not the sum over the arcs, or not the bound");
    char digits[48], *at = digits + sizeof digits;
    bool minus = cost < 0;
    *--at = '\0';
    do
        *--at = (char)('0' + (minus ? -(cost % 10) : cost % 10));
    while ((cost /= 10) != 0);
    printf("cost %s%s\n", minus ? "-" : "", at);
    return 0;
}

/* No flow exists: what has not left its node could go nowhere that wants it. The exit status. */
static int check_infeasible(const struct problem *problem, const int64_t *left)
{
    uint32_t n = problem->nodes, m = problem->arc_count, depth = 0;
    __int128 sum = 0, unserved = 0;
    for (uint32_t u = 0; u < n; u++)
        sum += problem->supply[u];
    /* the arcs of each node, then all that is reached from what is left over */
    uint64_t *first = rk_alloc((size_t)n + 2, sizeof *first);
    uint32_t *incident = rk_alloc((size_t)m * 2 + 1, sizeof *incident);
    for (uint32_t a = 0; a < m; a++) {
        first[problem->arcs[a].from + 2]++;
        first[problem->arcs[a].to + 2]++;
    }
    for (uint32_t u = 0; u < n; u++)
        first[u + 2] += first[u + 1];
    for (uint32_t a = 0; a < m; a++) {
        incident[first[problem->arcs[a].from + 1]++] = a;
        incident[first[problem->arcs[a].to + 1]++] = a;
    }
    bool *reached = rk_alloc(n, sizeof *reached);
    uint32_t *stack = rk_alloc(n, sizeof *stack);
    for (uint32_t u = 0; u < n; u++)
        if (left[u] > 0)
            reached[stack[depth++] = u] = true;
    while (depth) {
        uint32_t u = stack[--depth];
        for (uint64_t i = first[u]; i < first[u + 1]; i++) {
            const struct arc *arc = &problem->arcs[incident[i]];
            int64_t amount = problem->amount[incident[i]];
            bool open = arc->from == u ? amount < arc->high : amount > arc->low;
            uint32_t other = arc->from == u ? arc->to : arc->from;
            if (open && !reached[other])
                reached[stack[depth++] = other] = true;
        }
    }
    for (uint32_t u = 0; u < n; u++) {
        if (left[u] < 0 && reached[u])
            wrong("said to have no flow, and more could flow");
        unserved += left[u] > 0 ? left[u] : -left[u];
    }
    if (unserved == 0)
        wrong("said to have no flow, and has one");
    if (sum != 0)
        printf("infeasible: the supplies and demands differ by %" PRId64 "\n", (int64_t)sum);
    else
        puts("infeasible: the arcs cannot carry the supplies to the demands");
    uint32_t named = 0;
    for (uint32_t u = 0; u < n; u++)
        if (left[u] && named++ < MOST_NAMED)
            printf("node %" PRIu32 ": %" PRId64 " cannot %s\n", u + 1,
                   left[u] > 0 ? left[u] : -left[u], left[u] > 0 ? "leave" : "arrive");
    if (named > MOST_NAMED)
        printf("and %" PRIu32 " more nodes\n", named - MOST_NAMED);
    rk_free(first);
    rk_free(incident);
    rk_free(reached);
    rk_free(stack);
    return BAD;
}

static double now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(int count, char **words)
{
    bool time = count > 1 && !strcmp(words[1], "--time");
    if (count != 2 + time || words[count - 1][0] == '\0') {
        fputs("usage: flow-dimacs [--time] FILE\n", stderr);
        return USAGE;
    }
    rk_mem_set_handler(no_memory);
    struct problem problem = {.file = words[count - 1]};
    read_problem(&problem);
    struct rk_flow *flow = network(&problem);
    double start = now(CLOCK_MONOTONIC), start_cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    enum rk_flow_outcome outcome = rk_flow_solve(flow, problem.costs);
    double seconds = now(CLOCK_MONOTONIC) - start, cpu = now(CLOCK_PROCESS_CPUTIME_ID) - start_cpu;
    int64_t *left = rk_alloc(problem.nodes, sizeof *left);
    int status = BAD;
    if (outcome == RK_FLOW_TOO_LARGE) {
        fprintf(stderr, "%s: the bounds add up to too much\n", problem.file);
    } else {
        read_amounts(&problem, flow, left);
        status = outcome == RK_FLOW_INFEASIBLE ? check_infeasible(&problem, left)
                                               : check_optimal(&problem, flow, left);
    }
    if (time && status == 0)
        printf("pivots %" PRIu64 "\nseconds %.6f\ncpu %.6f\n", rk_flow_pivots(flow), seconds, cpu);
    rk_free(left);
    rk_free(problem.amount);
    rk_free(problem.arcs);
    rk_free(problem.costs);
    rk_free(problem.supply);
    rk_flow_free(flow);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("flow-dimacs: cannot write\n", stderr);
        return SYSTEM;
    }
    return status;
}
