#include "model/games.h"

#include "model/cells.h"

const char *const rk_games_defaults[] = {"game", "all", NULL};

enum rk_status rk_games_read(struct rk_games *games, struct rk_table *table, struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t game = rk_schema_field(schema, "game"), quota = rk_schema_field(schema, "quota"),
           player = rk_schema_field(schema, "player"), weight = rk_schema_field(schema, "weight");
    struct rk_tuples known = {.width = 2};
    struct rk_strings players = {0};
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        if (v[quota].size && v[quota].number <= 0) {
            rk_table_reject(table, quota, _("a number above 0 was expected"));
            continue;
        }
        uint32_t before = games->names.count;
        uint32_t of = rk_strings_add(&games->names, rk_value_text(&v[game]));
        uint32_t who = rk_strings_add(&players, rk_value_text(&v[player])), pairs = known.count;
        if (of == before) {
            RK_GROW(games->quota, before, games->quota_room);
            games->quota[of] = v[quota].number;
        }
        if (games->quota[of] != v[quota].number) {
            rk_table_reject(table, quota, _("the game has another quota above"));
            continue;
        }
        if (rk_tuples_add(&known, (uint32_t[]){of, who}) != pairs) {
            rk_table_reject(table, player, _("the player is in this game already"));
            continue;
        }
        RK_GROW(games->players, games->count, games->room);
        games->players[games->count++] =
            (struct rk_player){of, rk_cell_text(&games->arena, &v[player]), v[weight].number};
    }
    rk_tuples_free(&known);
    rk_strings_free(&players);
    return status;
}

void rk_games_free(struct rk_games *games)
{
    rk_strings_free(&games->names);
    rk_free(games->quota);
    rk_free(games->players);
    rk_arena_free(&games->arena);
    *games = (struct rk_games){0};
}

struct rk_writer *rk_power_open(struct rk_out *out, enum rk_form form)
{
    static const struct rk_writer_column columns[] = {
        {"game", false},  {"quota", true},          {"player", false}, {"weight", true},
        {"swings", true}, {"shapley_shubik", true}, {"banzhaf", true}, {"banzhaf_absolute", true}};
    return rk_writer_open(out, form, columns, sizeof columns / sizeof *columns);
}

void rk_power_write(const struct rk_games *games, size_t player,
                    const struct rk_player_power *power, struct rk_writer *writer)
{
    const struct rk_player *p = &games->players[player];
    rk_write_text(writer, games->names.texts[p->game]);
    if (games->quota[p->game])
        rk_write_fixed(writer, games->quota[p->game]);
    else
        rk_write_missing(writer); /* more than half */
    rk_write_text(writer, p->player);
    rk_write_fixed(writer, p->weight);
    rk_write_double(writer, power->swings);
    rk_write_double(writer, power->shapley);
    rk_write_double(writer, power->banzhaf);
    rk_write_double(writer, power->banzhaf_absolute);
    rk_write_end(writer);
}
