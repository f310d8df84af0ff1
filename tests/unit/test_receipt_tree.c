/*
 * test_receipt_tree.c - hash trees and signatures against vectors of others
 *
 * The trees are those of RFC 6962's reference implementation (certificate-
 * transparency, merkletree tests): eight inputs and the root over the first n.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "receipt/chain.h"
#include "receipt/tree.h"

#define LEAVES 8

static const char *const inputs[LEAVES] = {
	"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
	"606162636465666768696a6b6c6d6e6f"
};

static const char *const roots[LEAVES] = {
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
};

static size_t
from_hex(const char *text, uint8_t *out)
{
	size_t i, len = strlen(text) / 2;
	unsigned byte;

	for (i = 0; i < len; i++) {
		assert_int_equal(sscanf(text + 2 * i, "%2x", &byte), 1);
		out[i] = (uint8_t)byte;
	}

	return len;
}

static void
make_leaves(struct ck_tree_hash leaves[LEAVES])
{
	static const uint8_t prefix = 0;
	uint8_t bytes[16];
	size_t i;

	for (i = 0; i < LEAVES; i++) {
		const struct ck_span parts[] = {
			ck_span_of(&prefix, 1),
			ck_span_of(bytes, from_hex(inputs[i], bytes))
		};

		assert_int_equal(ck_tree_digest(parts, 2, &leaves[i]), CK_OK);
	}
}

static void
test_roots(void **state)
{
	struct ck_tree_hash leaves[LEAVES], root, expected;
	size_t n;

	(void)state;
	make_leaves(leaves);
	for (n = 1; n <= LEAVES; n++) {
		from_hex(roots[n - 1], expected.bytes);
		assert_int_equal(ck_tree_root(leaves, n, &root), CK_OK);
		assert_true(ck_tree_equal(&root, &expected));
	}
	assert_int_equal(ck_tree_root(leaves, 0, &root), CK_ERR_LIMIT);
}

static void
test_every_path_leads_to_its_root_only(void **state)
{
	struct ck_tree_hash leaves[LEAVES], root, reached;
	struct ck_tree_path path;
	size_t n, i, other;

	(void)state;
	make_leaves(leaves);
	for (n = 1; n <= LEAVES; n++) {
		from_hex(roots[n - 1], root.bytes);
		for (i = 0; i < n; i++) {
			assert_int_equal(ck_tree_path(leaves, n, i, &path),
			    CK_OK);
			assert_int_equal(ck_tree_climb(&leaves[i], i, n, &path,
			    &reached), CK_OK);
			assert_true(ck_tree_equal(&reached, &root));
			other = (i + 1) % n;
			if (n > 1 && ck_tree_climb(&leaves[other], i, n, &path,
			    &reached) == CK_OK)
				assert_false(ck_tree_equal(&reached, &root));
		}
	}
}

static void
test_a_path_of_another_length_is_refused(void **state)
{
	struct ck_tree_hash leaves[LEAVES], reached;
	struct ck_tree_path path;

	(void)state;
	make_leaves(leaves);
	assert_int_equal(ck_tree_path(leaves, 5, 2, &path), CK_OK);
	path.len--;
	assert_int_equal(ck_tree_climb(&leaves[2], 2, 5, &path, &reached),
	    CK_ERR_LIMIT);
	path.len += 2;
	assert_int_equal(ck_tree_climb(&leaves[2], 2, 5, &path, &reached),
	    CK_ERR_LIMIT);
	path.len = CK_TREE_PATH_MAX + 1;
	assert_int_equal(ck_tree_climb(&leaves[2], 2, 5, &path, &reached),
	    CK_ERR_LIMIT);
	assert_int_equal(ck_tree_climb(&leaves[2], 5, 5, &path, &reached),
	    CK_ERR_LIMIT);
	assert_int_equal(ck_tree_path(leaves, 5, 5, &path), CK_ERR_LIMIT);
}

/* printf of "checkin receipt commitment 1\0", sixteen 00, "a: b\n" into
 * sha256sum. */
static void
test_commitment(void **state)
{
	static const uint8_t salt[CK_SALT_LEN];
	struct ck_tree_hash out, expected;

	(void)state;
	from_hex("7f991bf5a6004c3ab03a0ff32f1c6e2a"
	    "761fe63ad56367e46072226a77fae5a1", expected.bytes);
	assert_int_equal(ck_chain_commit(ck_span_of(salt, sizeof(salt)),
	    ck_span_str("a: b\n"), &out), CK_OK);
	assert_memory_equal(out.bytes, expected.bytes, CK_TREE_HASH_LEN);
	assert_int_equal(ck_chain_commit(ck_span_of(salt, 15),
	    ck_span_str("a: b\n"), &out), CK_ERR_LIMIT);
}

/* RFC 8032 §7.1, test 1: the public key of this seed. */
static void
test_signer(void **state)
{
	uint8_t seed[CK_SEED_LEN], public[CK_PUBLIC_LEN];
	uint8_t expected[CK_PUBLIC_LEN], signature[CK_SIGNATURE_LEN];
	struct ck_tree_hash head = { { 1, 2, 3 } };
	struct ck_signer *signer;

	(void)state;
	from_hex("9d61b19deffd5a60ba844af492ec2cc4"
	    "4449c5697b326919703bac031cae7f60", seed);
	from_hex("d75a980182b10ab7d54bfed3c964073a"
	    "0ee172f3daa62325af021a68f707511a", expected);
	assert_int_equal(ck_signer_new(&signer, seed, public), CK_OK);
	assert_memory_equal(public, expected, CK_PUBLIC_LEN);
	assert_int_equal(ck_signer_sign(signer, &head, signature), CK_OK);
	assert_true(ck_chain_signed(public, &head, signature));
	head.bytes[31] ^= 1;
	assert_false(ck_chain_signed(public, &head, signature));
	head.bytes[31] ^= 1;
	signature[0] ^= 1;
	assert_false(ck_chain_signed(public, &head, signature));
	ck_signer_free(&signer);
	assert_null(signer);
}

static void
test_a_head_depends_on_everything_in_it(void **state)
{
	struct ck_batch batch = { .number = 7, .first = 20, .count = 3,
	    .made_ms = 1000, .epoch = { 1 }, .root = { { 2 } } };
	struct ck_tree_hash previous = { { 3 } }, head, other;
	struct ck_batch changed;
	size_t i;

	(void)state;
	assert_int_equal(ck_chain_head(&batch, &previous, &head), CK_OK);
	for (i = 0; i < 7; i++) {
		struct ck_tree_hash before = previous;

		changed = batch;
		changed.number += i == 0;
		changed.first += i == 1;
		changed.count += i == 2;
		changed.made_ms += i == 3;
		changed.epoch[7] ^= (uint8_t)(i == 4);
		changed.root.bytes[31] ^= (uint8_t)(i == 5);
		before.bytes[31] ^= (uint8_t)(i == 6);
		assert_int_equal(ck_chain_head(&changed, &before, &other),
		    CK_OK);
		assert_false(ck_tree_equal(&head, &other));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roots),
		cmocka_unit_test(test_every_path_leads_to_its_root_only),
		cmocka_unit_test(test_a_path_of_another_length_is_refused),
		cmocka_unit_test(test_commitment),
		cmocka_unit_test(test_signer),
		cmocka_unit_test(test_a_head_depends_on_everything_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
