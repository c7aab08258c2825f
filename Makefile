# rk: tools for user-driven recruitment.
#   make            builds build/bin/rk-*         make setup      installs what is missing (Debian)
#   make demo       the main job, into out/demo   make check      all tests
#   make install    DESTDIR= PREFIX=/usr/local    make bless      rewrites the golden cases
#   make lint       the house rules               make SAN=1 …    with ASan and UBSan
# Add WERROR=1 to make warnings errors (CI does).

VERSION := 0.1.0
PREFIX  ?= /usr/local
CC      ?= gcc
B       := build$(if $(SAN),-san)

PACKAGES := gcc make libc6-dev libcsv-dev libjansson-dev zlib1g-dev libunistring-dev libzip-dev \
            libexpat1-dev gettext mandoc valgrind strace bash zsh fish shellcheck

CFLAGS  ?= -O2 -g
OURS    := -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes -Wpointer-arith \
           -ffp-contract=off -Ilib -include lib/base/banned.h -DRK_VERSION='"$(VERSION)"' \
           $(if $(WERROR),-Werror)
ifdef SAN
OURS    += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS += -fsanitize=address,undefined
else
OURS    += -fstack-protector-strong -fPIE $(if $(findstring -O0,$(CFLAGS)),,-D_FORTIFY_SOURCE=2)
LDFLAGS += -pie -Wl,-z,relro,-z,now
endif
LDLIBS  := -Wl,--as-needed -lzip -lexpat -lcsv -ljansson -lz -lunistring -lm -lpthread

LIB     := $(B)/librk.a
LIBOBJS := $(patsubst %.c,$(B)/%.o,$(wildcard lib/*/*.c))
TOOLS   := $(patsubst cmd/%.c,$(B)/bin/%,$(wildcard cmd/*.c))
UNITS   := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
PO      := $(wildcard share/locale/sv/*.po)
MO      := $(B)/locale/sv/LC_MESSAGES/rk.mo

all: tools
.PHONY: all tools
.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:

# In `make setup check` nothing may be compiled before setup has run, not even with -j.
AFTER_SETUP := $(filter setup,$(MAKECMDGOALS))

tools: $(TOOLS) $(MO)

$(B)/%.o: %.c | $(AFTER_SETUP)
	@mkdir -p $(@D)
	$(CC) $(OURS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIBOBJS)
	rm -f $@
	ar rcs $@ $^

$(B)/bin/%: $(B)/cmd/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $< $(LIB) $(LDLIBS)

$(B)/unit/%: $(B)/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $< $(LIB) $(LDLIBS)

$(MO): $(PO) | $(AFTER_SETUP)
	@mkdir -p $(@D)
	msgcat --use-first $(PO) | msgfmt --check-format -o $@ -

-include $(shell find $(B) -name '*.d' 2>/dev/null)
