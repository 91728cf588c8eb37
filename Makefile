# SPDX-License-Identifier: GPL-2.0-or-later
#
# `make help` lists the goals.  All output goes to $(O).

O ?= build
PREFIX ?= /usr/local
DESTDIR ?=
# Another output directory has its own configuration.
export KCONFIG_CONFIG ?= $(if $(filter build,$(O)),.config,$(O)/.config)

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
all: $(O)/modbox completion

Q := $(if $(V),,@)
silent := $(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
say = $(if $(V)$(silent),,@printf '  %-7s %s\n' '$1' '$(if $2,$2,$@)')
# $(call need,program,package[,purpose]): stop with one line if a tool is missing
need = $(if $(shell command -v $1),,$(error $1 is missing: install the package $2,\
	or run scripts/install-packages $(or $3,build)))

# -- configuration ------------------------------------------------------------

KCONF = $(call need,kconfig-conf,kconfig-frontends-nox)$(Q)mkdir -p $(dir $(KCONFIG_CONFIG)) && \
	kconfig-conf
# $(call complete,VALUES): the configuration from the symbols set in VALUES; without kconfig-conf by
# a script of ours
complete = $(if $(shell command -v kconfig-conf),$(KCONF) --defconfig=$1 Kconfig >/dev/null,$(Q)mkdir -p \
	$(dir $(KCONFIG_CONFIG)) && scripts/defconfig Kconfig $1 >$(KCONFIG_CONFIG).new && \
	mv $(KCONFIG_CONFIG).new $(KCONFIG_CONFIG))

$(KCONFIG_CONFIG): Kconfig
	$(call complete,$(or $(wildcard $@),configs/defconfig))
	@touch $@

menuconfig:
	$(call need,kconfig-mconf,kconfig-frontends-nox)kconfig-mconf Kconfig
config:
	$(KCONF) --oldaskconfig Kconfig
oldconfig:
	$(KCONF) --oldconfig Kconfig
olddefconfig: $(KCONFIG_CONFIG)
	$(call complete,$(KCONFIG_CONFIG))
allnoconfig allyesconfig randconfig:
	$(KCONF) --$@ Kconfig >/dev/null
%_defconfig: configs/%_defconfig
	$(call complete,$<)
defconfig: configs/defconfig
	$(call complete,$<)
savedefconfig: $(KCONFIG_CONFIG)
	$(KCONF) --savedefconfig=$(O)/defconfig Kconfig
	@echo "$(O)/defconfig"

# Goals that need no configuration do not create one.
ifneq ($(filter-out %config clean distclean uninstall uninstall-hooks format lint dist help demo check check-rest check-all check-extra thorough cross faults rebuilds sanitizers valgrind differential proof strip fuzz offline portability packages generators bench release,$(or $(MAKECMDGOALS),all)),)
-include $(KCONFIG_CONFIG)
endif

# -- the toolchain ------------------------------------------------------------

# CC is all of it: it names its own archiver and strip.  Without CC, it is gcc, for the machine that
# CROSS_COMPILE names, and a static binary is linked with musl, made from its source; with CC, with
# that compiler's own C library.  LIBC=musl or LIBC=system chooses.
CROSS_COMPILE ?=
ifdef SYSROOT
LIBC ?= $(if $(wildcard $(SYSROOT)/lib/start.o),musl,system)
endif
ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)$(if $(FUZZER),clang,gcc)
LIBC ?= musl
endif
LIBC ?= system
STRIP ?= $(shell $(CC) -print-prog-name=strip)
# $(call once,NAME,VALUE): VALUE, which processes give, as the variable NAME from its first use on
once = $(eval $1 := $2)$($1)
need_compiler = $(call once,need_compiler,$(call need,$(firstword $(CC)),gcc$(if \
	$(CROSS_COMPILE),-$(subst _,-,$(CROSS_COMPILE:-=))),$(if $(CROSS_COMPILE),cross)))

# -- compiling ----------------------------------------------------------------

applets := $(patsubst applets/%.c,%,$(wildcard applets/*.c))
all_sources := $(wildcard core/*/*.c applets/*.c)
# Applets that get a link only by explicit request.
unlisted := $(patsubst applets/%.c,%,$(shell grep -l '\.unlisted = true' applets/*.c))
enabled := $(foreach a,$(applets),$(if $(CONFIG_$(shell echo $a | tr a-z- A-Z_)),$a))
version := $(shell scripts/version)
libraries := libkmod libattr libcjson liblzma libmd libzstd zlib $(if $(CONFIG_FEATURE_ARCHIVE_SOURCE),libarchive)

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef \
	-Wpointer-arith -Wwrite-strings -Wcast-qual -Wformat=2 -Wimplicit-fallthrough \
	-Wno-missing-field-initializers $(if $(WERROR),-Werror)
FLAGS = -std=c11 -D_GNU_SOURCE $(WARNINGS) -Iinclude -Icore -I$(O)/include \
	-ffunction-sections -fdata-sections -fno-common -fPIE -fstack-protector-strong \
	-fstack-clash-protection -pthread -g
LINK = -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--build-id=none
# Without mbedTLS 3.6 or 2.28, signatures are not verified: core/signature/absent.c. Other releases have
# another interface. $(call has_mbedtls,OPTIONS): whether the compiler finds it
hash := \#
has_mbedtls = $(shell printf '$(hash)%s\n' 'include <mbedtls/version.h>' \
	'if MBEDTLS_VERSION_NUMBER < 0x021c0000 || MBEDTLS_VERSION_NUMBER >= 0x03000000 && \
	MBEDTLS_VERSION_NUMBER < 0x03060000 || MBEDTLS_VERSION_MAJOR > 3' error endif | \
	$(CC) $(CPPFLAGS) $1 -E - >/dev/null 2>&1 && echo system)
# Our own in this order: what signing adds takes precedence.
own_mbedtls = $(if $(CONFIG_FEATURE_SIGN),libmbedsign.a) libmbedcrypto.a

ifdef CONFIG_STATIC
# -Oz still does what makes code larger.
CFLAGS ?= -Oz -fno-move-loop-invariants -fno-caller-saves -fno-gcse -fno-tree-pre -fno-code-hoisting \
	-fno-cse-follow-jumps -fno-tree-loop-im -fno-tree-coalesce-vars -fno-optimize-sibling-calls
FLAGS += -fno-asynchronous-unwind-tables @$(O)/sysroot/cflags $(if $(CONFIG_FEATURE_ARCHIVE_SOURCE),-idirafter $(O)/archive/include)
LINK += @$(O)/sysroot/ldflags
ifeq ($(LIBC),musl) # ld 2.40 fails with glibc, whose symbols have versions of their own
LINK += -Wl,--version-script=scripts/local.map
endif
musl_objects := rcrt1.o start.o ascii.o memchr.o memcpy.o
LIBS = $(if $(CONFIG_FEATURE_ARCHIVE_SOURCE),$(addprefix $(O)/archive/lib/,libarchive.a libbz2.a)) \
	$(addprefix $(O)/sysroot/lib/,$(if $(filter musl,$(LIBC)),$(musl_objects)) libkmod.a libattr.a \
	libcjson.a liblzma.a libzstd.a libz.a $(if $(filter own,$(mbedtls)),$(own_mbedtls),$(if \
	$(mbedtls),libmbedcrypto.a)) libmd.a)
toolchain = $(need_compiler)
# Those that SYSROOT has now: when one comes or goes, the rest is made again.
static_libraries := $(if $(SYSROOT),$(shell scripts/use-sysroot '$(SYSROOT)' 2>/dev/null))
sysroot := $(O)/sysroot.stamp $(if $(CONFIG_FEATURE_ARCHIVE_SOURCE),$(O)/archive.stamp)
mbedtls := $(if $(SYSROOT),$(if $(filter %/libmbedcrypto.a,$(static_libraries)),$(if $(wildcard \
	$(SYSROOT)/ldflags),own,$(call has_mbedtls,-idirafter $(SYSROOT)/include -idirafter $(SYSROOT)/usr/include))),own)
else
CFLAGS ?= -O2 -D_FORTIFY_SOURCE=2
PKG_CONFIG ?= $(CROSS_COMPILE)pkg-config
library_flags = $(call once,library_flags,$(shell $(PKG_CONFIG) --cflags $(libraries) 2>/dev/null))
FLAGS += $(library_flags)
LINK += -pie -pthread
MBEDTLS ?= $(if $(SANITIZE)$(FUZZER),own,system)
ifeq ($(MBEDTLS),own)
mbedtls := own
sysroot := $(O)/mbedtls.stamp
FLAGS += -idirafter $(O)/mbedtls/include
mbedtls_libs = $(addprefix $(O)/mbedtls/lib/,$(own_mbedtls))
else
mbedtls := $(call has_mbedtls)
mbedtls_libs := $(if $(mbedtls),-lmbedcrypto)
endif
library_libs = $(call once,library_libs,$(shell $(PKG_CONFIG) --libs $(libraries)))
LIBS = $(mbedtls_libs) $(library_libs) $(if $(CONFIG_FEATURE_ARCHIVE_SOURCE),-lbz2)
toolchain = $(call once,toolchain,$(need_compiler)$(call need,$(PKG_CONFIG),pkg-config)$(if \
	$(shell $(PKG_CONFIG) --print-errors --exists $(libraries) 2>&1),$(error development files are \
	missing ($(libraries)): run scripts/install-packages build dynamic)))
endif

# SANITIZE=address,undefined
ifdef SANITIZE
FLAGS += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
LINK += -fsanitize=$(SANITIZE)
override CFLAGS := -O1
endif
# FUZZER=1: count coverage for libFuzzer
FLAGS += $(if $(FUZZER),-fsanitize=fuzzer-no-link -Wno-implicit-fallthrough)

absent := core/signature/absent.c
# Only with FEATURE_ARCHIVE_SOURCE there are the headers of libarchive and libbz2.
archive_sources := $(if $(CONFIG_FEATURE_ARCHIVE_SOURCE),,$(shell grep -lE '^$(hash)include <(archive|bzlib)' \
	$(filter core/unpack/%,$(all_sources)) /dev/null))
sources := $(filter-out $(archive_sources) $(if $(mbedtls),$(absent),$(filter-out $(absent) %/trailer.c,$(wildcard \
	core/signature/*.c))),$(all_sources))
objects := $(sources:%.c=$(O)/%.o) $(O)/applets.o $(O)/report_page.o

COMPILE = $(CC) $(FLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP
# An object depends on the symbols that its source and headers name.
compile = $(Q)$(COMPILE) -c -o $@ $< && scripts/fixdep $(@:.o=.d) $(O)
compiled_after = $(O)/flags $(sysroot) | $(O)/include/generated/autoconf.h

$(O)/%.o: %.c scripts/fixdep $(compiled_after)
	$(toolchain)$(call say,CC,$<)
	@mkdir -p $(@D)
	$(compile)
$(O)/applets.o $(O)/report_page.o: %.o: %.c scripts/fixdep $(compiled_after)
	$(compile)

# Only objects that use the version are recompiled when it changes.
versioned := $(patsubst %.c,$(O)/%.o,$(shell grep -l MODBOX_VERSION $(sources) /dev/null))
$(versioned): private FLAGS += -DMODBOX_VERSION='"$(version)"'
$(versioned): $(O)/version

$(O)/modbox.debug: $(objects)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LINK) $(LDFLAGS) -Wl,-Map=$(O)/modbox.map -o $@ $^ $(LIBS)
$(O)/modbox: $(O)/modbox.debug
	$(call say,STRIP)
	$(Q)$(if $(if $(SANITIZE),,$(STRIP)),$(STRIP) -R .comment -o $@ $<,cp $< $@)

# Write a command's output to the target only if it differs, to avoid needless rebuilds; two makes
# at once do not disturb each other.
update = mkdir -p $(@D) && new=$@.$$$$ && { $1 >$$new || { rm $$new; false; }; } && \
	if cmp -s $$new $@; then rm $$new; else mv $$new $@; fi

$(O)/include/generated/autoconf.h: $(KCONFIG_CONFIG) scripts/autoconf
	$(Q)scripts/autoconf Kconfig $(KCONFIG_CONFIG) $(O)
# Stamps of symbols. scripts/autoconf touches them, so make must check them afterwards.
$(O)/include/config/%: $(O)/include/generated/autoconf.h FORCE
	@:
$(O)/applets.c: $(KCONFIG_CONFIG) Kconfig scripts/applet-table $(wildcard applets)
	$(Q)$(call update,scripts/applet-table Kconfig $(KCONFIG_CONFIG) $(applets))
# The page of modclosure -o html, with d3-hierarchy if it is to be linked.
html := $(if $(CONFIG_FEATURE_REPORT_HTML),$(O)/d3-hierarchy)
$(O)/report_page.c: scripts/report-page $(wildcard core/report/html/*) $(html:=.stamp) \
		$(O)/include/config/FEATURE_REPORT_HTML
	$(Q)scripts/report-page $(html) >$@
$(O)/d3-hierarchy.stamp: scripts/fetch-d3 scripts/sources.sha256 $(if $(wildcard $(O)/d3-hierarchy/LICENSE),,FORCE)
	$(if $(SOURCES),,$(call need,npm,npm,html))$(Q)scripts/fetch-d3 $(O)/d3-hierarchy
	@touch $@
# Completion of shells, from the same tables as --help.
completions := $(addprefix $(O)/completion/modbox.,bash zsh fish)
completion: $(completions)
$(completions): $(O)/completion/modbox.%: completion/modbox.% completion/find.sh scripts/completion \
		$(O)/completion/options
	$(Q)scripts/completion $* $(O)/completion/options >$@
tables = $(filter core/%,$(all_sources)) $(enabled:%=applets/%.c)
$(O)/completion/options: scripts/option-table $(tables) $(O)/include/generated/autoconf.h
	$(need_compiler)$(Q)$(call update,scripts/option-table '$(CC) -Iinclude -I$(O)/include' $(tables))

$(O)/flags: FORCE
	@$(call update,echo '$(COMPILE) $(LINK) $(LDFLAGS)')
$(O)/version: FORCE
	@$(call update,echo '$(version)')
$(O)/toolchain: FORCE
	@$(call update,echo 'CC="$(CC)" LIBC=$(LIBC) SYSROOT=$(SYSROOT)' $(static_libraries))

$(O)/mbedtls.stamp: $(addprefix scripts/,build-sysroot common.sh) $(wildcard scripts/mbedtls/*) $(O)/toolchain \
		$(if $(wildcard $(O)/mbedtls/versions),,FORCE)
	$(toolchain)$(if $(SOURCES),,$(call need,dpkg-source,dpkg-dev))$(Q)CC='$(CC)' LIBC=system \
		scripts/build-sysroot $(O)/mbedtls mbedtls
	@touch $@
$(O)/sysroot.stamp: $(addprefix scripts/,build-sysroot use-sysroot kmod-config.h common.sh) $(wildcard scripts/*/*.[ch]) \
		$(O)/toolchain $(if $(wildcard $(O)/sysroot/versions),,FORCE)
	$(toolchain)$(if $(SOURCES)$(SYSROOT),,$(call need,dpkg-source,dpkg-dev))$(Q)$(if $(SYSROOT),scripts/use-sysroot \
		'$(SYSROOT)',CC='$(CC)' LIBC=$(LIBC) scripts/build-sysroot) $(O)/sysroot
	@touch $@
$(O)/archive.stamp: $(addprefix scripts/,build-archive archive-config.h common.sh) $(O)/sysroot.stamp \
		$(if $(wildcard $(O)/archive/versions),,FORCE)
	$(toolchain)$(Q)CC='$(CC)' SYSROOT='$(SYSROOT)' scripts/build-archive $(O)/archive $(O)/sysroot
	@touch $@

# One program per file of unit tests, linked as modbox is; and the programs that the tests on real
# kernels use.
$(O)/tests/unit/%.o: private FLAGS += -Wno-unused-parameter # tests get a state that few use
units := $(patsubst %.c,$(O)/%,$(wildcard tests/unit/*.c tests/kernels/*.c tests/strip/*.c))
unit-tests: $(units)
$(filter $(O)/tests/unit/%,$(units)): $(O)/tests/lib/testfilter.o
$(units): %: %.o $(filter $(O)/core/% %/report_page.o,$(filter-out %/main.o,$(objects)))
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^ \
		$(if $(CONFIG_STATIC),$(O)/sysroot/lib/libcmocka.a,-lcmocka) $(LIBS)

# modbox with allocations that fail on request
fault-tests: $(O)/tests/faults/modbox
$(O)/tests/faults/modbox: $(objects) $(O)/tests/faults/failalloc.o
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LINK) $(LDFLAGS) \
		-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc,--wrap=openat -o $@ $^ $(LIBS)

# Fuzz targets.  On their own they replay given inputs; with FUZZER=1, libFuzzer generates them.
fuzzers := $(patsubst %.c,$(O)/%,$(filter-out %/replay.c,$(wildcard tests/fuzz/*.c)))
fuzz-targets: $(fuzzers)
$(fuzzers): %: %.o $(if $(FUZZER),,$(O)/tests/fuzz/replay.o) \
		$(filter $(O)/core/% %/report_page.o,$(filter-out %/main.o %/install.o,$(objects)))
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LINK) $(LDFLAGS) $(if $(FUZZER),-fsanitize=fuzzer) -o $@ $^ $(LIBS)
.SECONDARY:

-include $(objects:.o=.d) $(units:=.d) $(O)/tests/faults/failalloc.d $(O)/tests/lib/testfilter.d
-include $(fuzzers:=.d) $(O)/tests/fuzz/replay.d

# -- installing ---------------------------------------------------------------

bindir ?= $(PREFIX)/bin
mandir ?= $(PREFIX)/share/man
docdir ?= $(PREFIX)/share/doc/modbox
bashcompletiondir ?= $(PREFIX)/share/bash-completion/completions
zshcompletiondir ?= $(PREFIX)/share/zsh/site-functions
fishcompletiondir ?= $(PREFIX)/share/fish/vendor_completions.d
linked_applets = $(filter-out $(unlisted),$(enabled))
pages = $(wildcard man/modbox.1 $(enabled:%=man/%.1) $(enabled:%=man/modbox-%.8) man/*.5)
# In docdir: a file each, and the licences of what a static binary is linked from.
documents = LICENSE README.md NEWS.md $(wildcard docs/*.schema.json)
linked = $(if $(CONFIG_STATIC),$(shell scripts/linked $(O) | cut -d ' ' -f 1))
licenses = $(sort $(wildcard $(linked:%=$(O)/sysroot/licenses/%) $(linked:%=$(O)/archive/licenses/%)))

install: $(O)/modbox $(completions)
	install -D -m 755 $(O)/modbox $(DESTDIR)$(bindir)/modbox
	$(foreach applet,$(linked_applets),ln -sf modbox $(DESTDIR)$(bindir)/$(applet);)
	$(foreach page,$(pages),install -D -m 644 $(page) $(DESTDIR)$(mandir)/man$(subst .,,$(suffix $(page)))/$(notdir $(page));)
	$(foreach file,$(documents),install -D -m 644 $(file) $(DESTDIR)$(docdir)/$(notdir $(file));)
	$(foreach file,$(licenses),install -D -m 644 $(file) $(DESTDIR)$(docdir)/licenses/$(notdir $(file));)
	$(if $(html),install -D -m 644 $(html)/LICENSE $(DESTDIR)$(docdir)/licenses/d3-hierarchy)
	install -D -m 644 $(O)/completion/modbox.bash $(DESTDIR)$(bashcompletiondir)/modbox
	$(foreach applet,$(linked_applets),ln -sf modbox $(DESTDIR)$(bashcompletiondir)/$(applet);)
	install -D -m 644 $(O)/completion/modbox.zsh $(DESTDIR)$(zshcompletiondir)/_modbox
	install -D -m 644 $(O)/completion/modbox.fish $(DESTDIR)$(fishcompletiondir)/modbox.fish
	$(foreach applet,$(linked_applets),echo "complete -c $(applet) -w 'modbox $(applet)'" | \
		install -m 644 /dev/stdin $(DESTDIR)$(fishcompletiondir)/$(applet).fish;)
uninstall:
	rm -f $(DESTDIR)$(bindir)/modbox $(patsubst %,$(DESTDIR)$(bindir)/%,$(filter-out $(unlisted),$(applets)))
	rm -f $(foreach page,$(wildcard man/*.?),$(DESTDIR)$(mandir)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))
	rm -f $(foreach file,$(documents),$(DESTDIR)$(docdir)/$(notdir $(file)))
	rm -f $(foreach name,modbox $(filter-out $(unlisted),$(applets)),$(DESTDIR)$(bashcompletiondir)/$(name) \
		$(DESTDIR)$(fishcompletiondir)/$(name).fish) $(DESTDIR)$(zshcompletiondir)/_modbox
	rm -f $(foreach part,attr bzip2 cjson d3-hierarchy kmod libarchive libmd libzstd mbedtls musl uthash xz-utils zlib,$(DESTDIR)$(docdir)/licenses/$(part))
	for dir in $(DESTDIR)$(docdir)/licenses $(DESTDIR)$(docdir); do rmdir $$dir 2>/dev/null || :; done

# For generators of initramfs and kernel packages, where these look for them, whatever PREFIX:
# SOURCE:MODE:DEST.  Only the path of modbox follows bindir.
hooks = initramfs-tools:644:usr/share/initramfs-tools/conf-hooks.d/modbox \
	dracut.conf:644:usr/lib/dracut/dracut.conf.d/50-modbox.conf \
	dracut-install:755:usr/lib/modbox/dracut-install \
	mkinitcpio:644:usr/lib/initcpio/install/modbox \
	kernel-postinst:755:etc/kernel/postinst.d/00-modbox \
	kernel-postrm:755:etc/kernel/postrm.d/modbox \
	kernel-install:755:usr/lib/kernel/install.d/50-depmod.modbox.install
# $(call install_hook,SOURCE MODE DEST)
install_hook = install -D -m $(word 2,$1) hooks/$(firstword $1) $(DESTDIR)/$(lastword $1) && \
	sed -i 's|/usr/local/bin/modbox|$(bindir)/modbox|g' $(DESTDIR)/$(lastword $1);
install-hooks:
	$(foreach hook,$(hooks),$(call install_hook,$(subst :, ,$(hook))))
uninstall-hooks:
	rm -f $(foreach hook,$(hooks),$(DESTDIR)/$(lastword $(subst :, ,$(hook))))

# -- looking at it ------------------------------------------------------------

size: $(O)/modbox
	@scripts/size $(O)/modbox.map $(O)/modbox
sbom: $(O)/modbox.spdx.json
	@echo $<
$(O)/modbox.spdx.json: $(O)/modbox scripts/sbom
	$(call need,jq,jq)$(Q)scripts/sbom $(O) '$(version)' >$@

# These install their packages, then build the binary.
demo:
	@scripts/install-packages demo
	@$(MAKE) --no-print-directory
	@scripts/demo
# Keep TEST=FILE:PATTERN one word, whatever the pattern contains.
check valgrind sanitizers: export TEST := $(TEST)
test = $(if $(findstring :,$(TEST)),"$$TEST",$(TEST))
check:
	@tests/run $(test)
check-rest:
	@tests/run --rest
check-all:
	@tests/run --all
# Tests that take hours; docs/faults.md has the results of faults.
check-extra:
	@status=0; for goal in lint thorough cross faults rebuilds sanitizers valgrind differential proof strip fuzz offline portability packages generators; do \
		$(MAKE) --no-print-directory $$goal || status=1; done; exit $$status
thorough:
	@THOROUGH=1 tests/run tests/kernels tests/differential/record.bats tests/hostile tests/cli/source.bats tests/cli/modlist-lint-fix.bats \
		tests/build/features.bats tests/build/configurations.bats
cross:
	@tests/run --cross
faults:
	@FAULTS=--all tests/run tests/faults/check tests/hostile/kill.bats:^mod
valgrind:
	@MODBOX_BUILD=valgrind tests/run $(test)
rebuilds:
	@tests/run tests/build/rebuilds.bats
sanitizers:
	@MODBOX_BUILD=asan tests/run $(or $(test),tests/cli tests/kernels tests/hostile)
offline:
	@tests/run tests/offline
generators:
	@INSTALL_SEED=$(or $(SEED),random) INSTALL_CALLS=$(or $(CALLS),300) \
		tests/run tests/generators tests/kernels/dracut-install.bats
	@GENERATORS_RELEASE=trixie GENERATORS_KERNEL=next-amd64 tests/run tests/generators
# SEED=1234 TREES=300: those seeds
differential:
	@DIFFERENTIAL_SEED=$(or $(SEED),random) DIFFERENTIAL_TREES=$(or $(TREES),10000) \
		tests/run tests/differential/many.bats
proof:
	@tests/run tests/proof
# STRIP_MODULES=3000: of each kernel, instead of 300
strip:
	@tests/run tests/strip
fuzz:
	@scripts/install-packages fuzz
	@tests/fuzz/run $(O)/fuzz $(TEST)
# ARGS=--json, ARGS='--runs=3 small-ko': arguments of tests/bench/run
bench:
	@scripts/install-packages bench
	@$(MAKE) --no-print-directory >&2
	@MODBOX=$(abspath $(O)/modbox) tests/bench/run $(ARGS)
# RELEASES=trixie: only that one
portability:
	@scripts/portability $(RELEASES)
packages:
	@scripts/packages $(RELEASES)
format:
	$(call need,clang-format,clang-format)clang-format -i $(all_sources) $(wildcard include/*.h include/*/*.h core/*/*.h tests/*/*.[ch] tests/boot/external/*.c scripts/*/*.c)
lint:
	@scripts/lint
dist:
	@scripts/dist $(O)
release:
	@scripts/install-packages cross
	@scripts/release $(O)/release $(ARCHS)

clean:
	rm -rf $(O)
distclean: clean
	rm -f .config .config.old

help:
	@sed -n 's/^#help: \{0,1\}//p' Makefile
#help: make                    the binary, $(O)/modbox (O is build)
#help: make install uninstall  PREFIX (/usr/local), DESTDIR; or bindir, mandir, docdir, bashcompletiondir,
#help:                         zshcompletiondir and fishcompletiondir one by one
#help: make install-hooks      for dracut, initramfs-tools, mkinitcpio and kernel packages, in the directories
#help:                         where they look (docs/generators.md); DESTDIR; make uninstall-hooks
#help: make demo               install what is missing, fetch a kernel, copy modules from it
#help: make check              install what is missing, run the tests for every change: 12 to 20 minutes;
#help:                         TEST=DIRECTORY, TEST=FILE or TEST=FILE:PATTERN runs only these
#help: make check-all          these and all others; make check-rest: only the others
#help: make check-extra        tests that take hours: lint, thorough, cross, faults, rebuilds, sanitizers, valgrind,
#help:                         differential, proof, strip, fuzz, offline, portability, packages, generators
#help: make thorough           tests of which check-all runs a sample, with every module, list, link and symbol
#help: make cross              build for all other architectures, and run the binaries in QEMU
#help: make faults             make each system call fail with every error, and each allocation
#help: make rebuilds           change one file or symbol after the other: make rebuilds what uses it
#help: make sanitizers         run tests/cli, kernels and hostile on the sanitizer build; TEST=... these
#help: make valgrind           run the tests in valgrind; TEST=... only these
#help: make differential       compare with kmod on 10,000 new random trees; SEED=NUMBER, TREES=NUMBER
#help: make proof              prove all kernels with their signatures, another version's, and flipped bits
#help: make strip              compare stripped modules of five architectures with GNU strip's and llvm-strip's
#help: make offline            build from tarballs without a network, and with static libraries at hand
#help: make generators         initramfs by dracut and initramfs-tools, with modbox and without, compared;
#help:                         and 300 random calls of dracut-install, or CALLS=NUMBER
#help: make fuzz               run libFuzzer on hostile input; TEST=TARGET..., FUZZ_SECONDS (60) each
#help: make portability        make demo and check in new systems of Debian 12 and 13; RELEASES=NAME
#help: make packages           build, install, use and purge the Debian packages in such systems; RELEASES=NAME
#help: make bench              install what is missing, compare modbox with other programs; ARGS=--json
#help: make lint format        check formatting, run static analysis; format the code
#help: make size               bytes by library
#help: make sbom               $(O)/modbox.spdx.json, what the static binary was linked from (SPDX 2.3)
#help: make dist               $(O)/modbox-VERSION.tar.xz from the checked-out commit
#help: make release            $(O)/release: a tarball of the static binary for each architecture;
#help:                         ARCHS='arm64 armhf' makes only these
#help: make clean distclean    distclean removes the configuration too
#help:
#help: make menuconfig config oldconfig olddefconfig savedefconfig
#help: make defconfig          everything except encoders (the default)
#help: make full_defconfig     everything
#help: make tiny_defconfig     only rpi-modcopy, for uncompressed modules
#help: make dynamic_defconfig  with the system's C library and libkmod
#help: make allnoconfig allyesconfig randconfig
#help:
#help: CROSS_COMPILE=aarch64-linux-gnu- builds for another machine; scripts/install-packages
#help: cross installs the compilers.  CC=COMPILER links with its own C library, LIBC=musl with musl.
#help: SOURCES=DIR builds the libraries from tarballs in DIR, without a network (scripts/fetch-sources
#help: DIR downloads them).  SYSROOT=DIR takes static libraries that are there: of the system's C
#help: library, or of a sysroot that was built before.
#help: V=1 shows the commands; STRIP= leaves the symbols; WERROR=1 makes warnings errors; SANITIZE=address,undefined
#help: (with dynamic_defconfig) instruments the code.  A dynamic build links the system's mbedTLS (3.6, 2.28), or
#help: verifies no signatures; instrumented, or with MBEDTLS=own, one that is built from its source.
#help: make O=DIR builds in DIR, with the configuration DIR/.config.

FORCE:
.PHONY: all completion menuconfig config oldconfig olddefconfig allnoconfig allyesconfig randconfig defconfig \
	savedefconfig install uninstall install-hooks uninstall-hooks unit-tests fault-tests fuzz-targets size sbom \
	demo check check-rest check-all check-extra thorough cross faults rebuilds sanitizers valgrind differential proof strip fuzz offline portability packages generators bench format lint dist release clean distclean help FORCE
