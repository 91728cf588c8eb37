#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The parts list of the static binary, and the licences that are installed with it.

load build
load ../lib/full

parts() {
	jq -r '.packages[].name' "$1" | sort
}

# The archives that the linker's map names as sources of what is in the binary
archives() {
	scripts/size "$1/modbox.map" "$1/modbox" | sed -nE 's/^lib([a-z0-9]+) +[1-9].*/\1/p' | sort
}

@test "make sbom lists what is linked, with versions" {
	run make -s O="$built" sbom
	assert_success
	assert_output "$built/modbox.spdx.json"
	# Some compilers call libgcc, for division by numbers of 128 bits.
	assert_equal "$(parts "$output" | grep -vx gcc)" \
		"$(printf '%s\n' attr cjson kmod libmd libzstd mbedtls modbox musl uthash xz-utils zlib)"
	assert_equal "$(parts "$output" | grep -x gcc)" "$(archives "$built" | grep -x gcc)"
	assert_equal "$(archives "$built" | grep -vx gcc)" "$(printf '%s\n' attr cjson kmod lzma mbedcrypto md z zstd)"
	assert_equal "$(jq -r '.packages[] | select(.name != "modbox" and .name != "gcc") | "\(.name)=\(.versionInfo)"' "$output")" \
		"$(grep -v ^cmocka "$built/sysroot/versions")"
	assert_equal "$(jq -r '.packages[0].versionInfo' "$output")" "$(scripts/version)"
	assert_equal "$(jq -r '.files[].checksums[] | select(.algorithm == "SHA256").checksumValue' "$output")" \
		"$(sha256sum <"$MODBOX" | cut -c 1-64)"
}

@test "tiny_defconfig is at most 140 KB, and lists no codec" {
	configure tiny_defconfig
	configure all sbom
	[ "$(stat -c %s "$out/modbox")" -le 140000 ]
	tables_agree
	assert_equal "$(parts "$out/modbox.spdx.json")" "$(printf '%s\n' kmod modbox musl uthash)"
	configure install DESTDIR="$BATS_TEST_TMPDIR/root"
	assert_equal "$(ls "$BATS_TEST_TMPDIR/root/usr/local/share/doc/modbox/licenses")" \
		"$(printf '%s\n' kmod musl uthash)"
}

@test "what reads packages is listed, and its licences are installed" {
	local full
	full_build
	# shellcheck disable=SC2153 # full_build sets FULL
	full=${FULL%/modbox}
	full=${full#"$MODBOX_SRC/"}
	make -s O="$full" CFLAGS=-O0 sbom install DESTDIR="$BATS_TEST_TMPDIR/root"
	assert_equal "$(parts "$full/modbox.spdx.json" | grep -xE 'bzip2|libarchive')" "$(printf '%s\n' bzip2 libarchive)"
	for part in bzip2 libarchive; do
		[ -s "$BATS_TEST_TMPDIR/root/usr/local/share/doc/modbox/licenses/$part" ] || fail "$part"
	done
	make -s O="$full" uninstall DESTDIR="$BATS_TEST_TMPDIR/root"
	assert_equal "$(find "$BATS_TEST_TMPDIR/root" ! -type d)" ''
}

@test "it is SPDX 2.3: the fields that it requires, identifiers, references, expressions" {
	make -s O="$built" sbom
	run jq -e '
		def identifier: test("^SPDXRef-[A-Za-z0-9.-]+$");
		([.SPDXID] + [(.packages, .files)[].SPDXID]) as $ids
		| .spdxVersion == "SPDX-2.3" and .dataLicense == "CC0-1.0" and .SPDXID == "SPDXRef-DOCUMENT"
		and (.name | length > 0)
		and (.documentNamespace | test("^https://[^#]+$"))
		and (.creationInfo.created | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"))
		and (.creationInfo.creators | all(test("^Tool: .+-.+")))
		and ($ids | all(identifier)) and ($ids | length == (unique | length))
		and (.packages | all(.name and .downloadLocation and .filesAnalyzed == false))
		and (.files | all(.fileName[:2] == "./" and (.checksums | any(.algorithm == "SHA1"))))
		and (.relationships | any(.relationshipType == "DESCRIBES"))
		and (.relationships | all([.spdxElementId, .relatedSpdxElement] - $ids == []))
		and ($ids - [.relationships[] | .spdxElementId, .relatedSpdxElement] == [])' "$built/modbox.spdx.json"
	assert_success
	run /usr/bin/python3 - "$built/modbox.spdx.json" <<-'END'
		import json, sys
		from license_expression import get_spdx_licensing
		spdx = get_spdx_licensing()
		for package in json.load(open(sys.argv[1]))["packages"]:
		    info = spdx.validate(package["licenseConcluded"])
		    print(package["name"], *info.errors)
	END
	assert_success
	assert_output "$(jq -r '.packages[].name' "$built/modbox.spdx.json")"
}

@test "the same binary gives the same list" {
	make -s O="$built" sbom
	run scripts/sbom "$built" "$(scripts/version)"
	assert_output "$(cat "$built/modbox.spdx.json")"
	SOURCE_DATE_EPOCH=0 run scripts/sbom "$built" 1
	assert_output --partial '"created": "1970-01-01T00:00:00Z"'
}
