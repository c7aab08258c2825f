/* Everything that is generated from the option table and the schemas: help, the description for
 * programs, the man page's sections, the completions. */
#include "base/mem.h"
#include "tool/state.h"

#include <libintl.h>

static const char *const group_titles[] = {N_("Options"), N_("Tables"), N_("Input and output"),
                                           N_("Common options")};

/* ---- help ---- */

/* Appends `text` in lines of at most 80 columns, each after the first starting at `indent`; the
 * cursor stands at `at`. */
static void wrap(struct rk_buf *out, const char *text, size_t at, size_t indent)
{
    bool first = true;
    while (*text) {
        size_t size = strcspn(text, " ");
        size_t width = rk_utf8_width(text, size);
        if (!first && at + 1 + width > 80) {
            rk_buf_printf(out, "\n%*s", (int)indent, "");
            at = indent;
            first = true;
        }
        if (!first) {
            rk_buf_char(out, ' ');
            at++;
        }
        rk_buf_add(out, text, size);
        at += width;
        first = false;
        text += size + (text[size] == ' ');
    }
    rk_buf_char(out, '\n');
}

static const char *operands_of(const struct rk_tool *tool)
{
    return *tool->operands ? _(tool->operands) : "";
}

void rk_show_usage(const struct rk_tool *tool, struct rk_buf *out)
{
    rk_buf_printf(out, _("Usage: %s [OPTION…] %s"), tool->name, operands_of(tool));
    rk_buf_char(out, '\n');
}

static void option_help(struct rk_buf *out, const struct rk_option *o)
{
    enum { COLUMN = 28 };
    struct rk_buf head = {0};
    if (o->letter)
        rk_buf_printf(&head, "  -%c, --%s", o->letter, o->name);
    else
        rk_buf_printf(&head, "      --%s", o->name);
    if (o->argument)
        rk_buf_printf(&head, o->argument_optional ? "[=%s]" : "=%s", o->argument);
    size_t width = rk_utf8_width(head.text, head.size);
    rk_buf_add(out, head.text, head.size);
    rk_buf_free(&head);
    if (width + 2 > COLUMN)
        rk_buf_printf(out, "\n%*s", COLUMN, "");
    else
        rk_buf_printf(out, "%*s", (int)(COLUMN - width), "");
    wrap(out, _(o->doc), COLUMN, COLUMN);
}

void rk_show_help(const struct rk_tool *tool, struct rk_buf *out)
{
    const struct rk_options *options = &rk_state.options;
    rk_show_usage(tool, out);
    rk_buf_char(out, '\n');
    wrap(out, _(tool->purpose), 0, 0);
    if (tool->examples && *tool->examples) {
        rk_buf_printf(out, "\n%s:\n", _("Examples"));
        for (const char *const *e = tool->examples; *e; e++)
            rk_buf_printf(out, "  %s\n", *e);
    }
    for (int group = RK_GROUP_TOOL; group <= RK_GROUP_COMMON; group++) {
        bool any = false;
        for (size_t i = 0; i < options->count; i++)
            if ((int)options->all[i].group == group) {
                if (!any)
                    rk_buf_printf(out, "\n%s:\n", _(group_titles[group]));
                any = true;
                option_help(out, &options->all[i]);
            }
    }
    rk_buf_printf(out, "\n%s\n", _("Exit status: 0 done whole, 1 the data are wrong, 2 wrong use, "
                                   "3 done but a person is needed, 4 the system failed"));
}

/* ---- JSON ---- */

static void member(struct rk_buf *out, const char *key, const char *text, const char *before)
{
    rk_buf_printf(out, "%s\"%s\": ", before, key);
    rk_json_quote(out, rk_text(text));
}

/* FILE, DIR, N …: what an option's argument is; words joined by '|' are a choice. */
static bool is_choice(const char *argument) { return argument && strchr(argument, '|'); }

static void json_option(struct rk_buf *out, const struct rk_option *o)
{
    member(out, "name", o->name, "    {");
    if (o->letter)
        member(out, "letter", (char[2]){o->letter, '\0'}, ", ");
    if (is_choice(o->argument)) {
        rk_buf_text(out, ", \"choices\": [");
        struct rk_text rest = rk_text(o->argument), item;
        for (bool first = true; rk_list_next(&rest, &item); first = false) {
            rk_buf_text(out, first ? "" : ", ");
            rk_json_quote(out, item);
        }
        rk_buf_text(out, "]");
    } else if (o->argument) {
        member(out, "argument", o->argument, ", ");
    }
    if (o->argument_optional)
        rk_buf_text(out, ", \"argument_optional\": true");
    if (o->reads || o->makes)
        member(out, "fence", o->makes ? o->reads ? "read and made" : "made" : "read", ", ");
    static const char *const groups[] = {"tool", "tables", "streams", "common"};
    member(out, "group", groups[o->group], ", ");
    member(out, "description", _(o->doc), ", ");
    rk_buf_char(out, '}');
}

static const char *field_description(const struct rk_field *field, bool swedish)
{
    const char *text = swedish ? field->description_sv : field->description;
    return text ? text : "";
}

/* Must the column be there? One that the tool can do without has a default. */
static bool is_required(const struct rk_tool_table *table, const struct rk_field *field)
{
    bool required = field->required;
    for (const char *const *d = table->defaults; d && *d; d += 2)
        required = required && strcmp(d[0], field->name) != 0;
    return required;
}

static enum rk_status json_tables(struct rk_buf *out, const char *key,
                                  const struct rk_tool_table *tables, bool swedish,
                                  struct rk_error *error)
{
    static const char *const uses[] = {"main", "needed", "optional"};
    rk_buf_printf(out, ",\n  \"%s\": [", key);
    for (size_t i = 0; tables && tables[i].schema; i++) {
        const struct rk_schema *schema;
        enum rk_status status = rk_run_schema(&rk_state.run, &schema, tables[i].schema, error);
        if (status)
            return status;
        member(out, "table", schema->name, i ? ",\n    {" : "\n    {");
        if (!strcmp(key, "inputs"))
            member(out, "use", uses[tables[i].use], ", ");
        rk_buf_text(out, ", \"columns\": [");
        for (size_t f = 0; f < schema->field_count; f++) {
            const struct rk_field *field = &schema->fields[f];
            member(out, "name", field->name, f ? ",\n      {" : "\n      {");
            member(out, "type", rk_type_name(field->type), ", ");
            rk_buf_printf(out, ", \"required\": %s", is_required(&tables[i], field) ? "true" : "false");
            member(out, "description", field_description(field, swedish), ", ");
            rk_buf_char(out, '}');
        }
        rk_buf_text(out, "]}");
    }
    rk_buf_char(out, ']');
    return RK_OK;
}

static enum rk_status json(const struct rk_tool *tool, struct rk_buf *out, struct rk_error *error)
{
    bool swedish = !strcmp(rk_state.run.language, "sv");
    member(out, "name", tool->name, "{\n  ");
    member(out, "version", RK_VERSION, ",\n  ");
    member(out, "purpose", _(tool->purpose), ",\n  ");
    member(out, "operands", operands_of(tool), ",\n  ");
    rk_buf_text(out, ",\n  \"options\": [\n");
    for (size_t i = 0; i < rk_state.options.count; i++) {
        rk_buf_text(out, i ? ",\n" : "");
        json_option(out, &rk_state.options.all[i]);
    }
    rk_buf_char(out, ']');
    enum rk_status status = json_tables(out, "inputs", tool->inputs, swedish, error);
    if (!status)
        status = json_tables(out, "outputs", tool->outputs, swedish, error);
    rk_buf_text(out, ",\n  \"examples\": [");
    for (size_t i = 0; tool->examples && tool->examples[i]; i++) {
        rk_buf_text(out, i ? ", " : "");
        rk_json_quote(out, rk_text(tool->examples[i]));
    }
    rk_buf_text(out, "]\n}\n");
    return status;
}

/* ---- man page sections (mdoc) ---- */

/* Text as mdoc takes it: no control at a line's start, backslashes escaped. */
static void mdoc_text(struct rk_buf *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        rk_buf_text(out, "\\&");
    for (; *text; text++)
        if (*text == '\\')
            rk_buf_text(out, "\\e");
        else
            rk_buf_char(out, *text);
    rk_buf_char(out, '\n');
}

/* A word as an argument of a macro. */
static void mdoc_word(struct rk_buf *out, const char *word)
{
    rk_buf_text(out, " \"");
    for (; *word; word++)
        if (*word == '"')
            rk_buf_text(out, "\\(dq");
        else if (*word == '\\')
            rk_buf_text(out, "\\e");
        else if (*word == '-')
            rk_buf_text(out, "\\-");
        else if (*word == '|')
            rk_buf_text(out, "|\\:"); /* a line may end here */
        else
            rk_buf_char(out, *word);
    rk_buf_char(out, '"');
}

static void man_options(const struct rk_tool *tool, struct rk_buf *out)
{
    (void)tool;
    rk_buf_printf(out, ".Sh %s\n.Bl -tag -width Ds\n", _("OPTIONS"));
    for (size_t i = 0; i < rk_state.options.count; i++) {
        const struct rk_option *o = &rk_state.options.all[i];
        rk_buf_text(out, ".It");
        if (o->letter)
            rk_buf_printf(out, " Fl %c ,", o->letter);
        rk_buf_text(out, " Fl");
        struct rk_buf name = {0};
        rk_buf_printf(&name, "-%s", o->name);
        mdoc_word(out, name.text);
        rk_buf_free(&name);
        if (o->argument) {
            rk_buf_text(out, " Ns =");
            rk_buf_text(out, " Ns Ar");
            mdoc_word(out, o->argument);
        }
        rk_buf_char(out, '\n');
        mdoc_text(out, _(o->doc));
    }
    rk_buf_text(out, ".El\n");
}

static enum rk_status man_columns(const struct rk_tool_table *tables, const char *heading,
                                  bool swedish, struct rk_buf *out, struct rk_error *error)
{
    for (size_t i = 0; tables && tables[i].schema; i++) {
        const struct rk_schema *schema;
        enum rk_status status = rk_run_schema(&rk_state.run, &schema, tables[i].schema, error);
        if (status)
            return status;
        rk_buf_printf(out, ".Ss %s: %s\n.Bl -tag -width Ds\n", heading, schema->name);
        for (size_t f = 0; f < schema->field_count; f++) {
            const struct rk_field *field = &schema->fields[f];
            rk_buf_text(out, ".It Va");
            mdoc_word(out, field->name);
            rk_buf_printf(out, " Pq %s%s\n", rk_type_name(field->type),
                          is_required(&tables[i], field) ? _(", required") : "");
            mdoc_text(out, field_description(field, swedish));
            if (field->choices) {
                rk_buf_printf(out, "%s:", _("One of"));
                for (const char **c = field->choices; *c; c++)
                    rk_buf_printf(out, "%s %s", c == field->choices ? "" : ",", *c);
                rk_buf_text(out, ".\n");
            }
        }
        rk_buf_text(out, ".El\n");
    }
    return RK_OK;
}

static enum rk_status man(const struct rk_tool *tool, bool swedish, struct rk_buf *out,
                          struct rk_error *error)
{
    enum rk_status status = RK_OK;
    man_options(tool, out);
    if ((tool->inputs && tool->inputs->schema) || (tool->outputs && tool->outputs->schema)) {
        rk_buf_printf(out, ".Sh %s\n", _("COLUMNS"));
        status = man_columns(tool->inputs, _("Input"), swedish, out, error);
        if (!status)
            status = man_columns(tool->outputs, _("Output"), swedish, out, error);
    }
    if (tool->examples && *tool->examples) {
        rk_buf_printf(out, ".Sh %s\n.Bd -literal\n", _("EXAMPLES"));
        for (const char *const *e = tool->examples; *e; e++)
            mdoc_text(out, *e);
        rk_buf_text(out, ".Ed\n");
    }
    return status;
}

/* ---- completions ---- */

static const char *underscored(const char *name)
{
    static char text[80];
    size_t n = 0;
    for (; name[n] && n < sizeof text - 1; n++)
        text[n] = name[n] == '-' ? '_' : name[n];
    text[n] = '\0';
    return text;
}

static void spaced_choices(struct rk_buf *out, const char *argument)
{
    for (const char *c = argument; *c; c++)
        rk_buf_char(out, *c == '|' ? ' ' : *c);
}

/* `rk NAME …` is completed as `rk-NAME …`, and NAME from the tools that are there. */
static const char bash_of_others[] =
    "    if [ \"$COMP_CWORD\" -gt 1 ] && [[ ${COMP_WORDS[1]} != -* ]]; then\n"
    "        local tool=rk-${COMP_WORDS[1]}\n"
    "        local function=_${tool//-/_}\n"
    "        COMP_WORDS=(\"$tool\" \"${COMP_WORDS[@]:2}\")\n"
    "        COMP_CWORD=$((COMP_CWORD - 1))\n"
    "        declare -F \"$function\" >/dev/null || _completion_loader \"$tool\" 2>/dev/null\n"
    "        declare -F \"$function\" >/dev/null && \"$function\"\n"
    "        return\n"
    "    fi\n";

static void bash(const struct rk_tool *tool, struct rk_buf *out)
{
    bool others = !strcmp(tool->name, "rk");
    const struct rk_options *options = &rk_state.options;
    const char *function = underscored(tool->name);
    rk_buf_printf(out, "# bash completion for %s, made by %s --describe=bash\n_%s() {\n", tool->name,
                  tool->name, function);
    rk_buf_text(out, "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                     "    if [ \"$cur\" = = ]; then cur=; fi\n"
                     "    if [ \"$prev\" = = ]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
                     "    COMPREPLY=()\n");
    rk_buf_text(out, others ? bash_of_others : "");
    rk_buf_text(out, "    case $prev in\n");
    for (size_t i = 0; i < options->count; i++) {
        const struct rk_option *o = &options->all[i];
        if (!o->argument || o->argument_optional)
            continue;
        rk_buf_printf(out, "    --%s", o->name);
        if (o->letter)
            rk_buf_printf(out, "|-%c", o->letter);
        rk_buf_text(out, ") ");
        if (is_choice(o->argument)) {
            rk_buf_text(out, "mapfile -t COMPREPLY < <(compgen -W '");
            spaced_choices(out, o->argument);
            rk_buf_text(out, "' -- \"$cur\")");
        } else if (!strcmp(o->argument, "FILE")) {
            rk_buf_text(out, "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")");
        } else if (!strcmp(o->argument, "DIR")) {
            rk_buf_text(out, "mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")");
        } else {
            rk_buf_text(out, ":");
        }
        rk_buf_text(out, "; return ;;\n");
    }
    rk_buf_text(out, "    esac\n    case $cur in\n    -*) mapfile -t COMPREPLY < <(compgen -W '");
    for (size_t i = 0; i < options->count; i++)
        rk_buf_printf(out, "%s--%s", i ? " " : "", options->all[i].name);
    rk_buf_printf(out,
                  "' -- \"$cur\") ;;\n    *) mapfile -t COMPREPLY < <(compgen %s -- \"$cur\") ;;\n"
                  "    esac\n}\ncomplete %s-F _%s %s\n",
                  others ? "-W \"$(compgen -c rk- | sed 's/^rk-//')\"" : "-f",
                  others ? "" : "-o filenames ", function, tool->name);
}

/* Text inside single quotes of a shell; in zsh's specs also without brackets and colons. */
static void shell_text(struct rk_buf *out, const char *text, bool zsh)
{
    for (; *text; text++)
        if (*text == '\'')
            rk_buf_text(out, "'\\''");
        else if (zsh && strchr("[]:\\", *text))
            rk_buf_printf(out, "\\%c", *text);
        else
            rk_buf_char(out, *text);
}

static void zsh_value(struct rk_buf *out, const struct rk_option *o)
{
    rk_buf_text(out, o->argument_optional ? "::" : ":");
    shell_text(out, is_choice(o->argument) ? o->name : o->argument, true);
    rk_buf_char(out, ':');
    if (is_choice(o->argument)) {
        rk_buf_char(out, '(');
        spaced_choices(out, o->argument);
        rk_buf_char(out, ')');
    } else if (!strcmp(o->argument, "FILE")) {
        rk_buf_text(out, "_files");
    } else if (!strcmp(o->argument, "DIR")) {
        rk_buf_text(out, "_files -/");
    } else {
        rk_buf_char(out, ' ');
    }
}

static void zsh(const struct rk_tool *tool, struct rk_buf *out)
{
    const struct rk_options *options = &rk_state.options;
    rk_buf_printf(out, "#compdef %s\n# made by %s --describe=zsh\n_arguments -s \\\n", tool->name,
                  tool->name);
    for (size_t i = 0; i < options->count; i++) {
        const struct rk_option *o = &options->all[i];
        for (int letter = o->letter ? 1 : 0; letter >= 0; letter--) {
            if (letter)
                rk_buf_printf(out, "    '*-%c[", o->letter);
            else
                rk_buf_printf(out, "    '*--%s%s[", o->name,
                              !o->argument             ? ""
                              : o->argument_optional ? "=-"
                                                       : "=");
            shell_text(out, o->doc, true);
            rk_buf_char(out, ']');
            if (o->argument)
                zsh_value(out, o);
            rk_buf_text(out, "' \\\n");
        }
    }
    rk_buf_text(out, "    '*:file:_files'\n");
}

static void fish(const struct rk_tool *tool, struct rk_buf *out)
{
    const struct rk_options *options = &rk_state.options;
    rk_buf_printf(out, "# made by %s --describe=fish\n", tool->name);
    for (size_t i = 0; i < options->count; i++) {
        const struct rk_option *o = &options->all[i];
        rk_buf_printf(out, "complete -c %s -l %s", tool->name, o->name);
        if (o->letter)
            rk_buf_printf(out, " -s %c", o->letter);
        if (is_choice(o->argument)) {
            rk_buf_text(out, o->argument_optional ? " -f -a '" : " -x -a '");
            spaced_choices(out, o->argument);
            rk_buf_char(out, '\'');
        } else if (o->argument) {
            rk_buf_text(out, !strcmp(o->argument, "FILE") ? " -r -F"
                             : !strcmp(o->argument, "DIR")
                                 ? " -x -a '(__fish_complete_directories)'"
                                 : " -x");
        }
        rk_buf_text(out, " -d '");
        shell_text(out, o->doc, false);
        rk_buf_text(out, "'\n");
    }
}

enum rk_status rk_show_description(const struct rk_tool *tool, const char *form, struct rk_buf *out,
                                   struct rk_error *error)
{
    if (!strcmp(form, "json"))
        return json(tool, out, error);
    if (!strcmp(form, "man") || !strcmp(form, "man-sv")) {
        bool swedish = form[3] != '\0';
        rk_speak(swedish ? "sv" : "en"); /* the form's, whatever the user's */
        return man(tool, swedish, out, error);
    }
    if (!strcmp(form, "bash"))
        bash(tool, out);
    else if (!strcmp(form, "zsh"))
        zsh(tool, out);
    else
        fish(tool, out);
    return RK_OK;
}
