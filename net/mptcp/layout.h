/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is the running kernel the one this module was built for?
 */
#ifndef MPTCPX_LAYOUT_H
#define MPTCPX_LAYOUT_H

/*
 * Compare what we were built with to the BTF of the running kernel. 0, or
 * -ENOEXEC after one line naming the first difference. Call it first in module
 * init: until it returned 0, nothing may touch a private structure.
 */
int mptcpx_layout_check(void);

#endif /* MPTCPX_LAYOUT_H */
