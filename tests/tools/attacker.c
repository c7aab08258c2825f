/* Somebody who has everything that was published, and knows which kinds of people or things there
 * can be: what can he work out?
 *
 *     attacker FILE
 *
 * Each line is a figure: its name, its true value, shown or hidden, the least that everybody knows
 * it to be, and the kinds that it counts, divided by blanks:
 *
 *     A.women 12 shown 0 A1.woman A2.woman
 *     A1 4 hidden 1 A1.woman A1.man
 *
 * Prints each hidden figure of 1 to 9 that can be nothing else, and how many such are hidden. The
 * programs in whole numbers are solved by GLPK, which shares nothing with what chose what to hide.
 */
#include "base/fixed.h"
#include "base/hash.h"

#include <glpk.h>
#include <stdio.h>
#include <stdlib.h>

enum { LEAST = 10, MOST_KINDS = 4096 };

static struct rk_strings names, kinds;
static int64_t *values;
static bool *hidden;

/* The least (or most) of what row `row` can be; false where there is none. */
static bool end_of(glp_prob *program, int row, int direction, int64_t *end)
{
    int columns[MOST_KINDS + 1], count = glp_get_mat_row(program, row, columns, NULL);
    glp_iocp how;
    for (int c = 1; c <= glp_get_num_cols(program); c++)
        glp_set_obj_coef(program, c, 0);
    for (int i = 1; i <= count; i++)
        glp_set_obj_coef(program, columns[i], 1);
    glp_set_obj_dir(program, direction);
    glp_init_iocp(&how);
    how.presolve = GLP_ON;
    if (glp_intopt(program, &how) || glp_mip_status(program) != GLP_OPT)
        return false;
    double found = glp_mip_obj_val(program);
    *end = (int64_t)(found + (found < 0 ? -.5 : .5));
    return true;
}

static int64_t number(const char *text)
{
    rk_fixed value;
    if (!rk_fixed_parse(rk_text(text), &value)) {
        fprintf(stderr, "attacker: a number was expected: %s\n", text);
        exit(2);
    }
    return (int64_t)(value / RK_FIXED_ONE);
}

static void read_line(glp_prob *program, char *line)
{
    int columns[MOST_KINDS + 1], count = 0;
    double ones[MOST_KINDS + 1];
    char *rest = NULL, *name = strtok_r(line, " \n", &rest), *value = strtok_r(NULL, " \n", &rest),
         *state = strtok_r(NULL, " \n", &rest), *least = strtok_r(NULL, " \n", &rest);
    if (!least || (strcmp(state, "shown") != 0 && strcmp(state, "hidden") != 0)) {
        fprintf(stderr, "attacker: a figure was expected: %s\n", name ? name : "");
        exit(2);
    }
    uint32_t row = rk_strings_add(&names, rk_text(name));
    values = rk_resize(values, names.count, sizeof *values);
    hidden = rk_resize(hidden, names.count, sizeof *hidden);
    values[row] = number(value);
    hidden[row] = !strcmp(state, "hidden");
    for (char *kind; (kind = strtok_r(NULL, " \n", &rest)) && count < MOST_KINDS;) {
        uint32_t column = rk_strings_add(&kinds, rk_text(kind));
        if ((int)column == glp_get_num_cols(program)) {
            glp_add_cols(program, 1);
            glp_set_col_bnds(program, (int)column + 1, GLP_LO, 0, 0);
            glp_set_col_kind(program, (int)column + 1, GLP_IV);
        }
        columns[++count] = (int)column + 1;
        ones[count] = 1;
    }
    glp_add_rows(program, 1);
    glp_set_mat_row(program, (int)row + 1, count, columns, ones);
    if (hidden[row]) /* and no more than a city has people, so that a most is found */
        glp_set_row_bnds(program, (int)row + 1, GLP_DB, (double)number(least), 1e5);
    else
        glp_set_row_bnds(program, (int)row + 1, GLP_FX, (double)values[row], (double)values[row]);
}

int main(int argc, char **argv)
{
    FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;
    glp_prob *program = glp_create_prob();
    char *line = NULL;
    size_t room = 0;
    int small = 0, settled = 0;
    if (!in) {
        fprintf(stderr, "usage: attacker FILE\n");
        return 2;
    }
    glp_term_out(GLP_OFF);
    while (getline(&line, &room, in) > 0)
        read_line(program, line);
    for (uint32_t f = 0; f < names.count; f++) {
        int64_t least, most;
        if (!hidden[f] || values[f] < 1 || values[f] >= LEAST)
            continue;
        small++;
        if (!end_of(program, (int)f + 1, GLP_MIN, &least) ||
            !end_of(program, (int)f + 1, GLP_MAX, &most) || least > values[f] || most < values[f]) {
            printf("%s: the figures do not go together\n", names.texts[f].text);
            return 2;
        }
        if (least == most) {
            printf("%s is %lld\n", names.texts[f].text, (long long)least);
            settled++;
        }
    }
    printf("small and hidden: %d, worked out: %d\n", small, settled);
    free(line);
    fclose(in);
    glp_delete_prob(program);
    rk_strings_free(&names);
    rk_strings_free(&kinds);
    rk_free(values);
    rk_free(hidden);
    return settled > 0;
}
