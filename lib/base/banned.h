/* Functions that lose data, lengths or determinism do not compile: every file is built with
 * `-include lib/base/banned.h`. The habit is git's. What to use instead stands beside each. */
#ifndef RK_BANNED_H
#define RK_BANNED_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef sprintf /* clang's library headers have them as macros */
#undef vsprintf
#define strcpy(a, b) rk_banned_strcpy_use_rk_buf
#define strncpy(a, b, c) rk_banned_strncpy_use_memcpy
#define strcat(a, b) rk_banned_strcat_use_rk_buf
#define strncat(a, b, c) rk_banned_strncat_use_rk_buf
#define sprintf(...) rk_banned_sprintf_use_rk_buf_printf
#define vsprintf(...) rk_banned_vsprintf_use_rk_buf_printf
#define strtok(a, b) rk_banned_strtok_use_rk_list
#define atoi(a) rk_banned_atoi_use_rk_text_int
#define atol(a) rk_banned_atol_use_rk_text_int
#define atof(a) rk_banned_atof_use_rk_fixed_parse
#define strtod(a, b) rk_banned_strtod_use_rk_fixed_parse
#define gmtime(a) rk_banned_gmtime_use_rk_date
#define localtime(a) rk_banned_localtime_data_are_local_already
#define mktime(a) rk_banned_mktime_use_rk_date
#define rand() rk_banned_rand_use_rk_random
#define random() rk_banned_random_use_rk_random
#define popen(a, b) rk_banned_popen
#define system(a) rk_banned_system

/* lib/base/mem.c alone takes these back */
#define malloc(a) rk_banned_malloc_use_rk_alloc
#define calloc(a, b) rk_banned_calloc_use_rk_alloc
#define realloc(a, b) rk_banned_realloc_use_rk_grow
#define strdup(a) rk_banned_strdup_use_rk_strdup

#endif
