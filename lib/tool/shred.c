#include "tool/shred.h"

#include "privacy/identity.h"
#include "tool/private.h"

enum { LARGEST = 1 << 24 };

static enum rk_status one(struct rk_run *run, struct rk_subject_file *file,
                          const struct rk_subjects *subjects, struct rk_text subject,
                          struct rk_error *error)
{
    const char *equals = memchr(subject.text, '=', subject.size);
    size_t kind = equals ? (size_t)(equals - subject.text) : 0, place;
    char ten[11], century[3];
    if (!kind || kind + 1 == subject.size)
        return rk_fail(error, RK_BAD_USE, _("--shred: expected KIND=ID, such as panelist_id=P7"));
    struct rk_text value = {equals + 1, subject.size - kind - 1};
    if (rk_identity_normalise(value, ten, century))
        value = rk_text(ten);
    switch (rk_subjects_find(subjects, (struct rk_text){subject.text, kind}, value, &place)) {
    case RK_SUBJECT_UNKNOWN:
        return rk_fail(error, RK_BAD_DATA, _("--shred: there is no key of such a subject (%.*s)"),
                       (int)kind, subject.text);
    case RK_SUBJECT_SHREDDED:
        rk_run_note(run, _("the key of this subject was destroyed before"));
        return RK_OK;
    case RK_SUBJECT_KNOWN: break;
    }
    return rk_subject_file_shred(file, place, error);
}

static enum rk_status each(struct rk_run *run, struct rk_subject_file *file,
                           const struct rk_subjects *subjects, const char *subject,
                           struct rk_error *error)
{
    struct rk_buf all = {0};
    struct rk_in *in = NULL;
    enum rk_status status = RK_OK;
    if (strcmp(subject, "-") != 0)
        rk_buf_text(&all, subject);
    else if (!(status = rk_in_open(&in, "-", error)))
        status = rk_in_read_all(in, &all, LARGEST, error);
    rk_in_close(in);
    for (size_t at = 0, size; at < all.size && !status; at += size + 1) {
        const char *end = memchr(all.text + at, '\n', all.size - at);
        size = end ? (size_t)(end - all.text) - at : all.size - at;
        if (size)
            status = one(run, file, subjects, (struct rk_text){all.text + at, size}, error);
    }
    rk_buf_free(&all);
    return status;
}

enum rk_status rk_run_shred(struct rk_run *run, const char *key_path, const char *subject_keys,
                            const char *subject, struct rk_error *error)
{
    struct rk_subject_file file = {.fd = -1};
    struct rk_subjects *subjects = NULL;
    unsigned char *key = NULL;
    if (!key_path || !subject_keys)
        rk_usage(_("--shred: --key and --subject-keys are needed"));
    enum rk_status status = rk_key_read(&key, key_path, "key", error);
    if (!status && !(subjects = rk_subjects_new(key)))
        status = rk_fail(error, RK_FAILED, _("no memory for keys"));
    if (!status)
        status = rk_subject_file_open(&file, subject_keys, false, subjects, error);
    if (!status)
        status = each(run, &file, subjects, subject, error);
    if (!status)
        rk_run_note(
            run,
            _("written over in %s. Copies elsewhere are not: backups, snapshots, the journal "
              "of the file system and blocks that an SSD set aside may still hold the key, "
              "and a table made by --reidentify still names the subject"),
            subject_keys);
    rk_subject_file_close(&file);
    rk_subjects_free(subjects);
    rk_key_free(key);
    return status;
}
