#include "tool/features.h"

bool rk_option_item(const char **rest, struct rk_text *item)
{
    if (!*rest)
        return false;
    size_t size = strcspn(*rest, ",");
    *item = rk_text_trim((struct rk_text){*rest, size});
    *rest = (*rest)[size] ? *rest + size + 1 : NULL;
    return true;
}

void rk_feature_list_add(struct rk_feature_list *list, uint32_t feature)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->all[i] == feature)
            return;
    RK_GROW(list->all, list->count, list->room);
    list->all[list->count++] = feature;
}

enum rk_status rk_option_features(struct rk_features *features, const char *text,
                                  struct rk_feature_list *list, struct rk_error *error)
{
    struct rk_text item;
    while (rk_option_item(&text, &item)) {
        struct rk_buf name = {0};
        for (size_t i = 0; i < item.size; i++)
            if (item.text[i] == '*')
                rk_buf_text(&name, RK_FEATURE_CROSS);
            else
                rk_buf_char(&name, item.text[i]);
        uint32_t feature = rk_features_want(features, (struct rk_text){name.text, name.size});
        rk_buf_free(&name);
        if (feature == RK_NONE)
            return rk_fail(error, RK_BAD_USE, _("--features: '%.*s' is not a feature"),
                           (int)item.size, item.text);
        rk_feature_list_add(list, feature);
    }
    return RK_OK;
}

enum rk_status rk_option_age_bands(struct rk_features *features, const char *text,
                                   struct rk_error *error)
{
    struct rk_text item;
    int32_t from, to;
    struct band {
        struct rk_text text;
        int32_t from, to;
    } *bands = NULL;
    size_t count = 0, room = 0;
    enum rk_status status = RK_OK;
    uint32_t age = rk_features_find(features, RK_TEXT("age"));
    if (age == RK_NONE)
        return rk_fail(error, RK_BAD_USE, _("--age-bands: age is not among the features"));
    while (!status && rk_option_item(&text, &item)) {
        if (!rk_feature_band(item, &from, &to)) {
            status = rk_fail(error, RK_BAD_USE,
                             _("--age-bands: '%.*s' is not a band such as 13-17 or 65+"),
                             (int)item.size, item.text);
            break;
        }
        for (size_t i = 0; i < count; i++)
            if (from <= bands[i].to && bands[i].from <= to)
                status = rk_fail(error, RK_BAD_USE, _("--age-bands: %.*s and %.*s overlap"),
                                 (int)bands[i].text.size, bands[i].text.text, (int)item.size,
                                 item.text);
        RK_GROW(bands, count, room);
        bands[count++] = (struct band){item, from, to};
        rk_features_expect(features, age, item);
    }
    rk_free(bands);
    return status;
}
