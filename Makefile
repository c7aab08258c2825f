# rk: tools for user-driven recruitment.
#   make            builds build/bin/rk-*         make setup      installs what is missing (Debian)
#   make demo       the main job, into out/demo   make check      all tests
#   make install    DESTDIR= PREFIX=/usr/local    make bless      rewrites the golden cases
#   make lint       the house rules               make SAN=1 …    with ASan and UBSan, in build-san
#   make valgrind   golden cases under valgrind   make fuzz       libFuzzer over the readers
#   make bench      beside Miller, LEMON, lme4 … make bench-peers installs those
#   make bench-chances: speed of the lottery over whole programmes
#   make check-browser: every report in Chromium, by axe-core and the Nu checker; make setup-browser installs those
#   make check-office: workbooks in LibreOffice, PDF by Chromium; make setup-office installs those
#   make reproduce  published examples: what was printed, what rk makes of the data, the difference
#   make man, make completions: what the option tables say
# Add WERROR=1 to make warnings errors (CI does), V=1 to see the commands. RK_REFERENCE names the folder of reference data.

VERSION := 0.1.0
PREFIX  ?= /usr/local
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
B       := build$(if $(SAN),-san)

PACKAGES := gcc make git libc6-dev libc6-dbg libcsv-dev libjansson-dev zlib1g-dev libunistring-dev \
            libzip-dev libxlsxwriter-dev libexpat1-dev libsodium-dev libgsl-dev libgmp-dev libopenblas-serial-dev picosat libical-dev \
            gettext mandoc valgrind strace bash zsh fish shellcheck jq locales util-linux python3-icalendar libglpk-dev

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
# OpenBLAS as an archive: as a shared library it takes milliseconds to start and brings the runtime of
# Fortran, which ends the program in its own way where memory is out; begun by lib/stat/dense.c when it is
# needed. GSL too: as a shared library it asks for all of BLAS, in tools as well that solve nothing.
LDLIBS  := -Wl,--as-needed -lzip -lxlsxwriter -lexpat -lcsv -ljansson -lsodium -lpicosat \
           -Wl,--wrap=gotoblas_dynamic_init -Wl,-Bstatic -lgsl -lopenblas -Wl,-Bdynamic -lgmp -lz -lunistring -lm -lpthread

# libical does not look whether there was memory: our copy of it gets memory from lib/evening/calendar.c,
# which ends the program in good order.
ICAL    := $(B)/libical.a
LDLIBS  += $(ICAL) -licui18n -licuuc

NAMES   := $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
LIB     := $(B)/librk.a
LIBOBJS := $(patsubst %.c,$(B)/%.o,$(wildcard lib/*/*.c))
TOOLS   := $(NAMES:%=$(B)/bin/%)
TEST_TOOLS := $(patsubst tests/tools/%.c,$(B)/tests/tools/%,$(wildcard tests/tools/*.c))
UNITS   := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
PO      := $(wildcard share/locale/sv/*.po)
MO      := $(B)/locale/sv/LC_MESSAGES/rk.mo
MAN     := $(patsubst share/%.in,$(B)/%,$(wildcard share/man/man?/*.in share/man/sv/man?/*.in))
COMPLETIONS := $(foreach n,$(NAMES),completions/bash/$n completions/zsh/_$n completions/fish/$n.fish)

# a line per step; V=1 shows the commands
tell = $(if $(V),,@echo '$(1) $(2)';)

all: tools test-tools
.PHONY: all tools test-tools setup demo fuzz bench bench-peers bench-chances check check-browser setup-browser \
        check-office setup-office units lint valgrind reproduce bless \
        man completions install uninstall clean
.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:

# In `make setup check` nothing may be compiled before setup has run, not even with -j.
AFTER_SETUP := $(filter setup,$(MAKECMDGOALS))

tools: $(TOOLS) $(MO)
test-tools: $(TEST_TOOLS)
units: $(UNITS)

$(B)/%.o: %.c | $(AFTER_SETUP)
	@mkdir -p $(@D)
	$(call tell,compile,$<)$(CC) $(OURS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(ICAL): | $(AFTER_SETUP)
	@mkdir -p $(@D)
	$(call tell,copy,$@)objcopy $(foreach f,malloc calloc realloc strdup,--redefine-sym $f=rk_calendar_$f) \
	    "$$($(CC) -print-file-name=libical.a)" $@

$(LIB): $(LIBOBJS) | $(ICAL)
	$(call tell,archive,$@)rm -f $@ && ar rcs $@ $^

$(B)/bin/%: $(B)/cmd/%.o $(LIB)
	@mkdir -p $(@D)
	$(call tell,link,$@)$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $< $(LIB) $(LDLIBS)

$(B)/tests/tools/attacker: LDLIBS += -lglpk
$(B)/tests/tools/%: $(B)/tests/tools/%.o $(LIB)
	$(call tell,link,$@)$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $< $(LIB) $(LDLIBS)

$(B)/unit/%: $(B)/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(call tell,link,$@)$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $< $(LIB) $(LDLIBS)

$(B)/bench/%: $(B)/tests/bench/%.o $(LIB)
	@mkdir -p $(@D)
	$(call tell,link,$@)$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $< $(LIB) $(LDLIBS)

# a tool's own link with another main: what its start costs before it does anything
$(B)/bench/bare-rk-%: $(B)/tests/bench/bare-csv.o $(B)/cmd/rk-%.o $(LIB)
	@mkdir -p $(@D)
	$(call tell,link,$@)objcopy --redefine-sym main=its_main $(B)/cmd/rk-$*.o $@.o && \
	    $(CC) $(LDFLAGS) $(CFLAGS) -o $@ $< $@.o $(LIB) $(LDLIBS)

$(MO): $(PO) | $(AFTER_SETUP)
	@mkdir -p $(@D)
	$(call tell,translate,$@)$(if $(PO),msgcat --use-first $(PO) | msgfmt --check-format -o $@ -,touch $@)

# What the option table says goes into the man pages and the completions: see tests/lint.
DESCRIBE = $< --describe
$(B)/man/man1/%.1: $(B)/bin/% share/man/man1/%.1.in share/man/fill.awk $(MO)
	@mkdir -p $(@D)
	$(DESCRIBE)=man >$@.part
	awk -f share/man/fill.awk $@.part share/man/man1/$*.1.in >$@
$(B)/man/sv/man1/%.1: $(B)/bin/% share/man/sv/man1/%.1.in share/man/fill.awk $(MO)
	@mkdir -p $(@D)
	$(DESCRIBE)=man-sv >$@.part
	awk -f share/man/fill.awk $@.part share/man/sv/man1/$*.1.in >$@
$(B)/man/%: share/man/%.in
	@mkdir -p $(@D)
	cp $< $@
man: $(MAN)

completions: $(COMPLETIONS)
completions/bash/%: $(B)/bin/%
	@mkdir -p $(@D)
	$(DESCRIBE)=bash >$@
completions/zsh/_%: $(B)/bin/%
	@mkdir -p $(@D)
	$(DESCRIBE)=zsh >$@
completions/fish/%.fish: $(B)/bin/%
	@mkdir -p $(@D)
	$(DESCRIBE)=fish >$@

# Installs only what is missing, and nothing at all where everything is there.
setup:
	@if ! command -v dpkg-query >/dev/null; then \
	    echo "setup: not a Debian system; what Debian calls these is needed:"; \
	    printf '  %s\n' $(PACKAGES); \
	    printf '#include <%s>\n' csv.h jansson.h zlib.h unistr.h zip.h xlsxwriter.h expat.h sodium.h gsl/gsl_cdf.h gmp.h openblas_config.h picosat/picosat.h libical/ical.h | \
	        $(CC) -E - >/dev/null || exit 1; \
	    exit 0; \
	fi; \
	have=$$(dpkg-query -W -f='$${db:Status-Status} $${Package} ' $(PACKAGES) 2>/dev/null); \
	missing=; \
	for package in $(PACKAGES); do \
	    case " $$have" in *" installed $$package "*) ;; *) missing="$$missing $$package";; esac; \
	done; \
	if [ -z "$$missing" ]; then echo "setup: everything is there"; exit 0; fi; \
	echo "setup: installing$$missing"; \
	as=; \
	if [ "$$(id -u)" != 0 ]; then \
	    command -v sudo >/dev/null || \
	        { echo "setup: run as root: apt-get install$$missing" >&2; exit 1; }; \
	    as=sudo; \
	fi; \
	$$as apt-get -q update && \
	    $$as env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
	        -o DPkg::Lock::Timeout=300 install $$missing </dev/null

demo: tools
	@sh share/examples/demo.sh $(B)/bin out/demo

$(B)/faults/%.so: tests/faults/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -Wall -Wextra -O1 -fPIC -shared -o $@ $<

PARTS := units tools golden faults demo office install lint
check: tools test-tools units man $(B)/faults/memory.so
	@tests/check $(B) $(PARTS)
lint: tools man
	@tests/check $(B) lint
# SHOTS=DIR keeps a screenshot of each page
check-browser: tools
	@tests/browser/run $(B) $(SHOTS)
BROWSER_PACKAGES := chromium default-jre-headless nodejs npm
setup-browser:
	@for package in $(BROWSER_PACKAGES); do \
	    case $$package in default-jre-headless) program=java;; nodejs) program=node;; *) program=$$package;; esac; \
	    command -v $$program >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get -q -y \
	        --no-install-recommends -o DPkg::Lock::Timeout=300 install $$package </dev/null >/dev/null || \
	        echo "setup-browser: no $$package"; \
	done
valgrind: tools
	@tests/check $(B) valgrind

# What LibreOffice and Chromium make of workbooks and PDF; a part of check, skipped where they are not installed.
setup-office:
	DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 install \
	    libreoffice-calc-nogui chromium poppler-utils </dev/null >/dev/null || echo 'setup-office: not all of it'
check-office: tools
	@tests/check $(B) office

reproduce: tools
	@RK_REFERENCE=$$(cd $${RK_REFERENCE:-../shared/reference} 2>/dev/null && pwd) tests/reproduce/run $(B)/bin

# libFuzzer over what reads bytes: a minute each. Needs clang with its compiler runtime.
FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst %.c,build/%,$(wildcard tests/fuzz/*.c))
build/tests/fuzz/%: tests/fuzz/%.c $(wildcard lib/base/*.[ch] lib/stream/*.[ch]) | $(ICAL)
	@mkdir -p $@.corpus
	clang -std=c17 -Ilib -include lib/base/banned.h -g -O1 -ffp-contract=off \
	    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	    -o $@ $< $(wildcard lib/base/*.c lib/stream/*.c) $(LDLIBS)
fuzz: $(FUZZERS)
	set -e; for fuzzer in $(FUZZERS); do \
	    $$fuzzer -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -artifact_prefix=$$fuzzer. \
	        $$fuzzer.corpus; \
	done

# Speed beside the peers of Debian, R's lme4 among them, and DuckDB where npm is there to bring it;
# `tests/bench/flow build` for the flow alone.
bench: tools test-tools $(B)/bench/panel $(B)/bench/price $(B)/bench/bare-csv \
       $(addprefix $(B)/bench/bare-,rk-score rk-agree rk-aggregate)
	@tests/bench/run $(B)
	@tests/bench/growth $(B)
	@tests/bench/flow $(B)
	@tests/bench/agree $(B)
	@tests/bench/severity $(B)
	@tests/bench/ranking.sh $(B)
	@tests/bench/survey.sh $(B)
	@tests/bench/report.sh $(B)
	@tests/bench/evening $(B)
	@tests/bench/suppress.sh $(B)
	@tests/bench/prices $(B)
	@RK_REFERENCE=$${RK_REFERENCE:-../shared/reference} $(B)/bench/panel
bench-peers:
	apt-get -q -y --no-install-recommends install miller datamash time g++ liblemon-dev r-cran-lme4 r-cran-survey
	! command -v npm >/dev/null || npm install --silent --no-save --prefix $(B)/bench @duckdb/node-api
bench-chances: $(B)/bench/chances
	@set -e; for size in '2000 100' '20000 1000' '100000 5000' '500000 20000'; do \
	    for kind in uniform skewed clustered; do $< $$size $$kind; done; \
	done

bless: tools
	@tests/run --build $(B) --bless

# The programs, what they read at run time, and what a shell and man read.
D := $(DESTDIR)$(PREFIX)
DATA := $(filter-out share/locale share/man,$(wildcard share/*))
install: tools man
	install -d $(D)/bin $(D)/share/rk $(D)/share/locale/sv/LC_MESSAGES \
	    $(D)/share/bash-completion/completions $(D)/share/zsh/site-functions \
	    $(D)/share/fish/vendor_completions.d
	install $(TOOLS) $(D)/bin
	cp -R $(DATA) $(D)/share/rk
	install -m 644 $(MO) $(D)/share/locale/sv/LC_MESSAGES
	for page in $(MAN:$(B)/%=%); do \
	    install -D -m 644 $(B)/$$page $(D)/share/$$page || exit 1; \
	done
	install -m 644 $(wildcard completions/bash/*) $(D)/share/bash-completion/completions
	install -m 644 $(wildcard completions/zsh/*) $(D)/share/zsh/site-functions
	install -m 644 $(wildcard completions/fish/*) $(D)/share/fish/vendor_completions.d
uninstall:
	rm -f $(NAMES:%=$(D)/bin/%) $(D)/share/locale/sv/LC_MESSAGES/rk.mo \
	    $(MAN:$(B)/%=$(D)/share/%) \
	    $(NAMES:%=$(D)/share/bash-completion/completions/%) \
	    $(NAMES:%=$(D)/share/zsh/site-functions/_%) \
	    $(NAMES:%=$(D)/share/fish/vendor_completions.d/%.fish)
	rm -rf $(D)/share/rk

clean:
	rm -rf build build-san out

-include $(shell find $(B) -name '*.d' 2>/dev/null)
