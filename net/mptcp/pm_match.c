// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of patterns for the names of interfaces: "eth* wlan0,usb?".
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/glob.h>
#include <linux/string.h>

#include "pm_plan.h"

/* what glob_match() takes for what it looks like, and can be in a name */
static bool well_formed(const char *pattern)
{
	const char *p;

	for (p = pattern; *p; p++) {
		if (!isgraph(*p) || *p == '/' || *p == ':' || *p == '\\')
			return false;
		if (*p == ']')
			return false;
		if (*p != '[')
			continue;
		/* a class: not empty, and closed */
		p++;
		if (*p == '!')
			p++;
		if (*p == ']')
			return false;
		while (*p && *p != ']') {
			if (*p == '[' || *p == '/')
				return false;
			p++;
		}
		if (!*p)
			return false;
	}
	return true;
}

/**
 * mptcpx_pm_patterns_parse() - read a list of patterns
 * @list: where to
 * @text: patterns with ``*``, ``?`` and ``[...]``, separated by blanks or commas
 *
 * Return: 0; -EINVAL, @list being useless, if there are too many, one is too
 * long for a name, or one is malformed.
 */
int mptcpx_pm_patterns_parse(struct mptcpx_pm_patterns *list, const char *text)
{
	static const char separators[] = " \t\n,";

	memset(list, 0, sizeof(*list));
	for (;;) {
		size_t len;
		char *to;

		text += strspn(text, separators);
		if (!*text)
			return 0;
		len = strcspn(text, separators);
		if (list->n == MPTCPX_PM_PATTERNS || len >= MPTCPX_PM_PATTERN_LEN)
			return -EINVAL;
		to = list->pattern[list->n++];
		memcpy(to, text, len);
		if (!well_formed(to))
			return -EINVAL;
		text += len;
	}
}

/**
 * mptcpx_pm_patterns_match() - find the pattern that a name matches
 * @list: the patterns
 * @name: name of an interface
 *
 * Return: index of the first that matches; -1 if none does.
 */
int mptcpx_pm_patterns_match(const struct mptcpx_pm_patterns *list, const char *name)
{
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (glob_match(list->pattern[i], name))
			return i;
	return -1;
}

#ifdef MPTCPX_KUNIT
#include "pm_match_test.c"
#endif
