// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and looking up weights. See weights.h. Pure: no socket, no lock.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/glob.h>
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "weights.h"

#define SEPARATORS " \t\n,"

/* an address, IPv6 with or without brackets */
static bool parse_address(const char *key, size_t len, struct in6_addr *address)
{
	__be32 v4;

	if (in4_pton(key, len, (u8 *)&v4, -1, NULL)) {
		ipv6_addr_set_v4mapped(v4, address);
		return true;
	}
	if (len > 2 && key[0] == '[' && key[len - 1] == ']') {
		key++;
		len -= 2;
	}
	return in6_pton(key, len, address->s6_addr, -1, NULL);
}

static int parse_key(struct mptcpx_weight *entry, char *key)
{
	size_t len = strlen(key);
	int ret;

	if (!strncmp(key, "id:", 3)) {
		ret = kstrtou8(key + 3, 10, &entry->id);
		entry->kind = MPTCPX_WEIGHT_ID;
		return ret ? -EINVAL : 0;
	}
	if (parse_address(key, len, &entry->address)) {
		entry->kind = MPTCPX_WEIGHT_ADDRESS;
		return 0;
	}
	/* no interface has these in its name */
	if (!len || len >= IFNAMSIZ || strpbrk(key, "/:;="))
		return -EINVAL;
	strscpy(entry->iface, key, sizeof(entry->iface));
	entry->kind = strpbrk(key, "*?[") ? MPTCPX_WEIGHT_PATTERN : MPTCPX_WEIGHT_IFACE;
	return 0;
}

static bool same_key(const struct mptcpx_weight *a, const struct mptcpx_weight *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case MPTCPX_WEIGHT_ID:
		return a->id == b->id;
	case MPTCPX_WEIGHT_ADDRESS:
		return ipv6_addr_equal(&a->address, &b->address);
	default:
		return !strcmp(a->iface, b->iface);
	}
}

static int parse_entry(struct mptcpx_weights *weights, char *word)
{
	struct mptcpx_weight *entry = &weights->entry[weights->n];
	char *value = strrchr(word, '=');
	unsigned int i;
	int ret;

	if (!value || weights->n == MPTCPX_WEIGHTS_MAX)
		return -EINVAL;
	*value++ = '\0';
	/* kstrtouint() would take a sign */
	if (*value < '0' || *value > '9' || kstrtouint(value, 10, &entry->weight) ||
	    entry->weight > MPTCPX_WEIGHT_MAX)
		return -EINVAL;
	ret = parse_key(entry, word);
	if (ret)
		return ret;
	for (i = 0; i < weights->n; i++)
		if (same_key(entry, &weights->entry[i]))
			return -EINVAL;
	weights->n++;
	return 0;
}

/**
 * mptcpx_weights_parse() - read a configuration
 * @weights: the result; its @gen and @rcu are left alone
 * @text: entries KEY=WEIGHT, separated by blanks or commas
 *
 * Return: 0; -EINVAL if @text is too long, has too many entries, a key that is
 * neither interface (pattern), address nor "id:N" or stands twice, or a weight
 * beyond MPTCPX_WEIGHT_MAX.
 */
int mptcpx_weights_parse(struct mptcpx_weights *weights, const char *text)
{
	char *word, *rest = weights->text;
	int ret;

	weights->n = 0;
	if (strscpy(weights->text, text, sizeof(weights->text)) < 0)
		return -EINVAL;
	while ((word = strsep(&rest, SEPARATORS))) {
		if (!*word)
			continue;
		ret = parse_entry(weights, word);
		if (ret)
			return ret;
	}
	/* strsep() has cut the copy up */
	strscpy(weights->text, text, sizeof(weights->text));
	return 0;
}
EXPORT_SYMBOL_GPL(mptcpx_weights_parse);

static bool matches(const struct mptcpx_weight *entry, const char *iface,
		    const struct in6_addr *address, int id)
{
	switch (entry->kind) {
	case MPTCPX_WEIGHT_ID:
		return entry->id == id;
	case MPTCPX_WEIGHT_ADDRESS:
		return ipv6_addr_equal(&entry->address, address);
	case MPTCPX_WEIGHT_IFACE:
		return !strcmp(entry->iface, iface);
	case MPTCPX_WEIGHT_PATTERN:
		return glob_match(entry->iface, iface);
	}
	return false;
}

/**
 * mptcpx_weights_find() - weight of a subflow
 * @weights: the configuration
 * @iface: name of the interface it leaves by; "" if unknown
 * @address: its local address, IPv4 as IPv4-mapped
 * @id: its local address id; negative if unknown
 *
 * Return: the weight of the most specific entry that matches: id, then address,
 * then interface, then pattern, of several patterns the first;
 * MPTCPX_WEIGHT_DEFAULT if none does.
 */
u32 mptcpx_weights_find(const struct mptcpx_weights *weights, const char *iface,
			const struct in6_addr *address, int id)
{
	const struct mptcpx_weight *entry, *best = NULL;

	for (entry = weights->entry; entry < weights->entry + weights->n; entry++)
		if ((!best || entry->kind > best->kind) &&
		    matches(entry, iface, address, id))
			best = entry;
	return best ? best->weight : MPTCPX_WEIGHT_DEFAULT;
}
EXPORT_SYMBOL_GPL(mptcpx_weights_find);

#ifdef MPTCPX_KUNIT
#include "weights_test.c"
#endif
