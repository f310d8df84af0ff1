# Build, run and check. `make help` lists what there is.
#
# Objects go to build/<variant>/; the commands of the release variant also to
# build/bin/. A new .c file in a folder below is picked up by itself.

VARIANT ?= release
CC ?= gcc
BUILD := build/$(VARIANT)
GEN := build/gen
BIN := $(if $(filter release,$(VARIANT)),build/bin,$(BUILD)/bin)

# --- Debian packages -------------------------------------------------------
# `make deps` installs those of these that are missing, and nothing else.
DEPS_BUILD := gcc make pkg-config libpcsclite-dev libnfc-dev libeac-dev \
	libssl-dev libsqlite3-dev libmicrohttpd-dev libgnutls28-dev \
	libcurl4-openssl-dev libjansson-dev libxml2-dev libunistring-dev \
	libsystemd-dev libinih-dev libpq-dev zlib1g-dev libxlsxwriter-dev \
	gettext
DEPS_RUN := pcscd vsmartcard-vpcd iproute2 util-linux curl openssl sqlite3
DEPS_FUZZ := clang-14 libclang-rt-14-dev llvm-14
DEPS_CHECK := libcmocka-dev chromium jq xxd postgresql prometheus \
	prometheus-alertmanager prometheus-node-exporter python3-aiosmtpd \
	$(if $(shell command -v node 2>/dev/null),,nodejs)

# --- Flags -----------------------------------------------------------------
PKGS := libpcsclite libnfc libeac openssl sqlite3 libmicrohttpd libcurl jansson \
	libxml-2.0 libsystemd inih libpq zlib gnutls
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS) 2>/dev/null | \
	sed 's/-I\//-isystem \//g')
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow \
	-Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Werror
HARDENING := -fstack-protector-strong -fPIE -fno-common
LINK_HARDENING := -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed

CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2
CFLAGS_asan := -O1 -g -fno-omit-frame-pointer -DCK_TEST_SEAMS \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined
# As released, with a clock that the demonstration moves.
CFLAGS_demo := $(CFLAGS_release) -DCK_TEST_SEAMS
CFLAGS_tsan := -O1 -g -DCK_TEST_SEAMS -fsanitize=thread
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_tsan := -fsanitize=thread
# Both with clang: libFuzzer, and line coverage. Its warnings are not gcc's.
CFLAGS_fuzz := -O1 -g -fno-omit-frame-pointer -DCK_TEST_SEAMS -Wno-error \
	-fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined
LDFLAGS_fuzz := -fsanitize=address,undefined
CFLAGS_cover := -O0 -g -DCK_TEST_SEAMS -Wno-error \
	-fprofile-instr-generate -fcoverage-mapping
LDFLAGS_cover := -fprofile-instr-generate

CFLAGS_ALL = -std=c11 -D_GNU_SOURCE $(WARNINGS) $(HARDENING) \
	$(CFLAGS_$(VARIANT)) $(INCLUDES) \
	$(PKG_CFLAGS) $(CFLAGS)
INCLUDES := -Iinclude -Ireader -Iservice -I$(GEN)
# The simulators cannot even name what they test.
$(BUILD)/obj/tests/sim/%: INCLUDES :=

LDFLAGS_ALL = $(LINK_HARDENING) $(LDFLAGS_$(VARIANT)) $(LDFLAGS)

# --- Sources ---------------------------------------------------------------
READER_MAINS := reader/cccd_read.c reader/worker.c
SERVICE_MAINS := service/daemon/main.c service/cli/main.c \
	service/province/main.c
READER_SRC := $(filter-out $(READER_MAINS),$(wildcard reader/*.c reader/*/*.c))
SERVICE_SRC := $(filter-out $(SERVICE_MAINS),$(wildcard service/*/*.c))
PEOPLE_SRC := $(wildcard tests/sim/people/*.c)
SIM_CARD_SRC := $(wildcard tests/sim/card/*.c) $(PEOPLE_SRC)
PLAY_SRC := $(wildcard tests/sim/province/*.c)
SIM_GATEWAY_SRC := $(wildcard tests/sim/gateway/*.c) $(PEOPLE_SRC)

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

LIB_READER := $(BUILD)/libreader.a
LIB_SERVICE := $(BUILD)/libservice.a

# --- Libraries that each program needs -------------------------------------
LIBS_READER := -lpcsclite -lnfc -leac -lcrypto -lunistring
LIBS_SERVICE := -lsqlite3 -lpq -lmicrohttpd -lcurl -ljansson -lxml2 -linih \
	-lsystemd -lcrypto -lunistring -lz -lxlsxwriter -lgnutls -lssl -lpthread
LIBS_SIM := -lmicrohttpd -ljansson -lxml2 -lcrypto -lpthread

COMMANDS := $(BIN)/cccd-read $(BIN)/cccd-worker $(BIN)/checkind \
	$(BIN)/checkin $(BIN)/checkin-province $(BIN)/sim-card \
	$(BIN)/sim-gateway

# A recipe that builds uses every processor, whatever make was told.
ALL_AT_ONCE = $(MAKE) --no-print-directory -j$(shell nproc)

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(2)')

.DEFAULT_GOAL := all
.PHONY: docs/desk.png all help deps docs run check check-asan check-tsan bench fuzz fuzz-programs province-demo lint clean
.SECONDARY:

# A command appears here once its main file exists.
have = $(foreach c,$(1),$(if $(wildcard $(MAIN_$(notdir $(c)))),$(c)))
MAIN_cccd-read := reader/cccd_read.c
MAIN_cccd-worker := reader/worker.c
MAIN_checkind := service/daemon/main.c
MAIN_checkin := service/cli/main.c
MAIN_checkin-province := service/province/main.c
MAIN_sim-card := tests/sim/card/main.c
MAIN_sim-gateway := tests/sim/gateway/main.c

all: $(call have,$(COMMANDS)) $(GEN)/texts.checked

# --- Texts of the pages ----------------------------------------------------
# Each language's catalogue {"id": "text"} of all service/text/*.LANGUAGE.po;
# the stamp says that the languages have the same ids.
LANGUAGES := vi en
TEXTS := $(LANGUAGES:%=$(GEN)/text_%.json)

$(foreach l,$(LANGUAGES),$(eval $(GEN)/text_$(l).json: \
	$(wildcard service/text/*.$(l).po)))

$(TEXTS): $(GEN)/text_%.json: service/text/catalogue.sh Makefile
	$(call say,TEXT,$@)
	@mkdir -p $(@D)
	$(Q)sh service/text/catalogue.sh $* $@

$(GEN)/texts.checked: $(TEXTS) service/text/compare.sh
	$(Q)sh service/text/compare.sh $(TEXTS)
	@touch $@

help:
	@echo 'make            build the commands into build/bin/'
	@echo 'make run        install what is missing, build, start the service'
	@echo 'make check      install what is missing, build with sanitizers, test'
	@echo 'make bench      measure; writes build/bench.json'
	@echo 'make province-demo  108 clinics and a province: do figures add up?'
	@echo 'make fuzz       SECONDS=n: each fuzz target for n seconds'
	@echo 'make lint       include rules, headers compile alone, cppcheck'
	@echo 'make docs       write docs/errors.md anew'
	@echo 'make deps       install missing Debian packages'
	@echo 'make clean      remove build/'

# What people read about errors, from what the program reads.
docs: $(GEN)/result_codes.inc $(GEN)/reasons.inc
	$(Q)awk -f docs/errors.awk $^ include/ck/error.h >docs/errors.md

deps:
	$(Q)sh tests/system/deps.sh $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_CHECK)

# --- Compiling -------------------------------------------------------------
$(BUILD)/obj/%.o: %.c Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Tables made from the files that people read and edit.
$(GEN)/result_codes.inc: schema/result-codes.csv schema/result-codes.awk
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)awk -f schema/result-codes.awk $< >$@.new && mv $@.new $@

$(BUILD)/obj/service/eligibility/codes.o: $(GEN)/result_codes.inc

# "2026-07-01,2530000" becomes ROW(2026, 7, 1, 2530000).
$(GEN)/base_salaries.inc: schema/base-salaries.csv
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)sed -n 's/^\(....\)-0*\([0-9]*\)-0*\([0-9]*\),\([0-9]*\)$$/ROW(\1, \2, \3, \4)/p' $< >$@

$(BUILD)/obj/service/eligibility/copayment.o: $(GEN)/base_salaries.inc

$(GEN)/ma_doituong_kcb.inc: schema/ma-doituong-kcb.csv \
    schema/ma-doituong-kcb.awk
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)awk -f schema/ma-doituong-kcb.awk $< >$@.new && mv $@.new $@

$(BUILD)/obj/service/checkin/category.o: $(GEN)/ma_doituong_kcb.inc

# Migrations are compiled in: schema/NNNN_*.sql as a list of bytes.
SCHEMA_INC := $(patsubst schema/%.sql,$(GEN)/schema/%.inc,\
	$(wildcard schema/[0-9]*.sql))
PROVINCE_INC := $(patsubst schema/%.sql,$(GEN)/schema/%.inc,\
	$(wildcard schema/province/[0-9]*.sql))

$(GEN)/schema/%.inc: schema/%.sql
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)od -An -v -t u1 $< | sed 's/[0-9][0-9]*/&,/g' >$@.new
	$(Q)mv $@.new $@

$(BUILD)/obj/service/store/migrate.o: $(SCHEMA_INC)
$(BUILD)/obj/service/ledger/schema.o: $(PROVINCE_INC)

$(GEN)/schema/%.inc: schema/%.xsd
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)od -An -v -t u1 $< | sed 's/[0-9][0-9]*/&,/g' >$@.new
	$(Q)mv $@.new $@

$(BUILD)/obj/service/checkin/xml0.o: $(GEN)/schema/checkin-xml0.inc

$(GEN)/reasons.inc: $(TEXTS) service/text/reasons.awk
	$(call say,GEN,$@)
	$(Q)awk -f service/text/reasons.awk $(TEXTS) >$@.new && mv $@.new $@

$(BUILD)/obj/service/eligibility/message.o: $(GEN)/reasons.inc

$(LIB_READER): $(call objects,$(READER_SRC))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

# Pages and catalogues inside the daemon.
WEB_FILES := $(wildcard service/web/static/*) $(TEXTS)

$(GEN)/web_assets.S: service/web/assets.sh $(WEB_FILES)
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)sh service/web/assets.sh $@ $(WEB_FILES)

$(BUILD)/obj/gen/web_assets.o: $(GEN)/web_assets.S
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) -c -o $@ $<

$(LIB_SERVICE): $(call objects,$(SERVICE_SRC)) \
    $(BUILD)/obj/gen/web_assets.o
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

link = $(Q)mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) -o $@ \
	$(filter %.o %.a,$^) $(LDFLAGS_ALL)

$(BIN)/cccd-read: $(call objects,reader/cccd_read.c) $(LIB_READER)
	$(call say,LD,$@)
	$(link) $(LIBS_READER) -ljansson

$(BIN)/cccd-worker: $(call objects,reader/worker.c) $(LIB_READER)
	$(call say,LD,$@)
	$(link) $(LIBS_READER)

$(BIN)/checkind: $(call objects,service/daemon/main.c) $(LIB_SERVICE) \
    $(LIB_READER)
	$(call say,LD,$@)
	$(link) $(LIBS_SERVICE)

$(BIN)/checkin: $(call objects,service/cli/main.c) $(LIB_SERVICE) \
    $(LIB_READER)
	$(call say,LD,$@)
	$(link) $(LIBS_SERVICE)

$(BIN)/checkin-province: $(call objects,service/province/main.c) \
    $(LIB_SERVICE) $(LIB_READER)
	$(call say,LD,$@)
	$(link) $(LIBS_SERVICE)

$(BIN)/sim-card: $(call objects,$(SIM_CARD_SRC))
	$(call say,LD,$@)
	$(link) $(LIBS_SIM)

$(BIN)/play-province: $(call objects,$(PLAY_SRC))
	$(call say,LD,$@)
	$(link) -lcurl -ljansson

$(BIN)/sim-gateway: $(call objects,$(SIM_GATEWAY_SRC))
	$(call say,LD,$@)
	$(link) $(LIBS_SIM)

# --- Tests -----------------------------------------------------------------
# Each tests/unit/test_*.c is a program over the libraries; each
# tests/flow/flow_*.c drives the built commands from outside.
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,\
	$(wildcard tests/unit/test_*.c))
FLOW_TESTS := $(patsubst tests/flow/%.c,$(BUILD)/tests/%,\
	$(wildcard tests/flow/flow_*.c))
SIM_TESTS := $(patsubst tests/sim/%.c,$(BUILD)/tests/%,\
	$(wildcard tests/sim/test_*.c))
SIM_TEST_SRC := $(filter-out tests/sim/%/main.c,\
	$(SIM_CARD_SRC) $(SIM_GATEWAY_SRC))
FLOW_SUPPORT := $(call objects,$(wildcard tests/flow/support/*.c))

$(BUILD)/tests/test_%: $(BUILD)/obj/tests/unit/test_%.o $(LIB_SERVICE) \
    $(LIB_READER)
	$(call say,LD,$@)
	$(link) $(LIBS_READER) $(LIBS_SERVICE) -lcmocka

# These play a TLS server with OpenSSL itself.
$(BUILD)/tests/test_route_out $(BUILD)/tests/flow_tls: LDFLAGS_ALL += -lssl

$(BUILD)/tests/flow_%: $(BUILD)/obj/tests/flow/flow_%.o $(FLOW_SUPPORT)
	$(call say,LD,$@)
	$(link) -ljansson -lcurl -lsqlite3 -lpcsclite -lcrypto -lcmocka

# The command that it drives is not of a clinic.
$(BUILD)/tests/flow_province $(BUILD)/tests/flow_push \
    $(BUILD)/tests/flow_bad_feeds: | $(BIN)/checkin-province
$(BUILD)/tests/flow_corrections: | $(BIN)/checkin-province

SIM_SUPPORT := $(call objects,$(wildcard tests/sim/support/*.c))

$(SIM_TESTS): $(BUILD)/tests/%: $(BUILD)/obj/tests/sim/%.o $(SIM_SUPPORT) \
    $(sort $(call objects,$(SIM_TEST_SRC)))
	$(call say,LD,$@)
	$(link) $(LIBS_SIM) -lcmocka

# This one opens the simulated reader with the real library.
$(BUILD)/tests/test_sim_pn532: LIBS_SIM += -lnfc

# --- Hostile cards ---------------------------------------------------------
# The simulated chip inside the test's own process.
HOSTILE := $(call objects,$(wildcard tests/hostile/support/*.c) \
	$(filter-out %/main.c,$(SIM_CARD_SRC)))
HOSTILE_WRAP := -Wl,--wrap=free,--wrap=ck_sm_new

HOSTILE_TESTS := $(patsubst tests/hostile/%.c,$(BUILD)/tests/%,\
	$(wildcard tests/hostile/test_*.c))

$(HOSTILE_TESTS): $(BUILD)/tests/%: $(BUILD)/obj/tests/hostile/%.o \
    $(HOSTILE) $(LIB_SERVICE) $(LIB_READER)
	$(call say,LD,$@)
	$(link) $(HOSTILE_WRAP) $(LIBS_READER) $(LIBS_SERVICE) -lcmocka

# Calls to libraries that can be made to fail; written for one processor.
WRAPPED := $(BUILD)/obj/tests/hostile/wrapped
FAULT_TESTS := $(filter %_faults,$(HOSTILE_TESTS))
ifneq ($(shell uname -m),x86_64)
HOSTILE_TESTS := $(filter-out $(FAULT_TESTS),$(HOSTILE_TESTS))
endif

$(WRAPPED).S: $(LIB_READER) tests/hostile/wrap.awk tests/hostile/unfailing.sym
	@mkdir -p $(@D)
	$(Q)nm $(LIB_READER) 2>/dev/null | LC_ALL=C awk -f \
		tests/hostile/wrap.awk tests/hostile/unfailing.sym - >$@
	$(Q)sed -n 's/^__wrap_\(.*\):$$/-Wl,--wrap=\1/p' $@ >$(WRAPPED).flags

$(WRAPPED).o: $(WRAPPED).S
	$(Q)$(CC) -c -o $@ $<

$(FAULT_TESTS): $(WRAPPED).o
$(FAULT_TESTS): HOSTILE_WRAP += @$(WRAPPED).flags

# All fuzz targets are one program; its name chooses the target. With gcc it
# only replays files.
FUZZ_OBJECTS := $(call objects,$(filter-out $(if $(filter fuzz cover,\
	$(VARIANT)),%/replay.c),$(wildcard tests/fuzz/*.c)))
FUZZ_ENGINE := $(if $(filter fuzz cover,$(VARIANT)),-fsanitize=fuzzer)

$(BUILD)/fuzz/targets: $(FUZZ_OBJECTS) $(HOSTILE) $(LIB_SERVICE) $(LIB_READER)
	$(call say,LD,$@)
	$(link) $(FUZZ_ENGINE) $(HOSTILE_WRAP) -Wl,--wrap=sim_sm_seal \
		$(LIBS_READER) $(LIBS_SERVICE)
	$(Q)LLVM_PROFILE_FILE=/dev/null $@ --list | while read -r name max; do \
		ln -sf targets $(@D)/fuzz_$$name; done

# The kept corpora, in every run of the tests.
$(BUILD)/tests/test_corpora: $(BUILD)/fuzz/targets tests/fuzz/replay.sh
	$(Q)mkdir -p $(@D) && printf '#!/bin/sh\nexec %s\n' \
		'sh tests/fuzz/replay.sh $(BUILD)/fuzz' >$@ && chmod +x $@

# The page: its modules alone, then through the whole daemon.
BROWSER_TESTS := $(BUILD)/tests/test_pages \
	$(if $(wildcard service/daemon/main.c),$(BUILD)/tests/flow_desk_page \
	$(BUILD)/tests/flow_day_page $(BUILD)/tests/flow_corrections_page) \
	$(if $(wildcard service/province/main.c),\
	$(BUILD)/tests/flow_province_page)

$(BUILD)/tests/test_pages: $(GEN)/texts.checked
	$(Q)mkdir -p $(@D) && printf '#!/bin/sh\nexec %s\n' \
		'node tests/browser/modules.mjs $(TEXTS)' >$@ && chmod +x $@

$(BUILD)/tests/flow_desk_page: Makefile
	$(Q)mkdir -p $(@D) && printf '#!/bin/sh\nexec %s\n' \
		'sh tests/browser/run.sh $(BIN) $(BUILD)/browser' >$@ && \
		chmod +x $@

$(BUILD)/tests/flow_day_page: Makefile
	$(Q)mkdir -p $(@D) && printf '#!/bin/sh\nexec %s\n' \
		'sh tests/browser/run.sh $(BIN) $(BUILD)/browser-day day.mjs' \
		>$@ && chmod +x $@

$(BUILD)/tests/flow_province_page: Makefile | $(BIN)/checkin-province
	$(Q)mkdir -p $(@D) && printf '#!/bin/sh\nexec %s\n' \
		'node tests/browser/province.mjs $(BIN) $(BUILD)/browser-province' \
		>$@ && chmod +x $@

$(BUILD)/tests/flow_corrections_page: Makefile
	$(Q)mkdir -p $(@D) && printf '#!/bin/sh\nexec %s\n' \
		'sh tests/browser/run.sh $(BIN) $(BUILD)/browser-corrections corrections.mjs' \
		>$@ && chmod +x $@

# The picture in README.md.
docs/desk.png: all
	$(Q)DESK_PICTURE=$@ sh tests/browser/run.sh $(BIN) $(BUILD)/browser

# One unit test: make VARIANT=asan unit-test_tlv
unit-%: $(BUILD)/tests/%
	$(Q)$<

test-programs: $(call have,$(COMMANDS)) $(UNIT_TESTS) $(FLOW_TESTS) \
    $(SIM_TESTS) $(BROWSER_TESTS) $(BUILD)/tests/test_corpora \
    $(HOSTILE_TESTS)

check: deps
	$(Q)$(ALL_AT_ONCE) VARIANT=asan test-programs
	$(Q)sh tests/system/check.sh build/asan

check-asan: check

check-tsan:
	$(Q)$(ALL_AT_ONCE) VARIANT=tsan test-programs
	$(Q)sh tests/system/check.sh build/tsan

# Each target for SECONDS from its kept corpus, then what they reach together.
SECONDS ?= 10
FUZZ_MAKE = $(ALL_AT_ONCE) CC='$(FUZZ_CC)'
FUZZ_CC ?= clang-14

fuzz: fuzz-programs
	$(Q)sh tests/fuzz/fuzz.sh '$(SECONDS)' build/fuzz/fuzz build/cover/fuzz

fuzz-programs:
	$(Q)sh tests/system/deps.sh $(DEPS_BUILD) $(DEPS_FUZZ)
	$(Q)$(FUZZ_MAKE) VARIANT=fuzz build/fuzz/fuzz/targets
	$(Q)$(FUZZ_MAKE) VARIANT=cover build/cover/fuzz/targets

run: deps
	$(Q)$(ALL_AT_ONCE) all
	$(Q)sh tests/system/run.sh

# --- Measuring ------------------------------------------------------------
BENCH := $(patsubst tests/bench/%.c,$(BIN)/bench-%,\
	$(wildcard tests/bench/*.c))

BENCH_SUPPORT := $(call objects,$(wildcard tests/bench/support/*.c))

$(BIN)/bench-%: $(BUILD)/obj/tests/bench/%.o $(BENCH_SUPPORT) $(LIB_SERVICE) \
    $(LIB_READER)
	$(call say,LD,$@)
	$(link) $(LIBS_READER) $(LIBS_SERVICE)

bench: deps
	$(Q)$(ALL_AT_ONCE) all bench-programs fuzz-programs
	$(Q)sh tests/bench/bench.sh

bench-programs: $(BENCH)

DEMO := $(patsubst %,build/demo/bin/%,checkind cccd-worker checkin \
	checkin-province sim-gateway play-province)

province-demo: deps
	$(Q)$(ALL_AT_ONCE) VARIANT=demo $(DEMO)
	$(Q)sh tests/system/province_demo.sh build/demo/bin \
	    build/demo/bin/play-province

lint:
	$(Q)sh tests/system/lint.sh

clean:
	$(Q)rm -rf build

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
