// SPDX-License-Identifier: GPL-2.0
/* Does bpf_red choose as the native redundant does? */
#include "../../bpf/red.bpf.c"
#include "twin.h"

TWIN(twin_red, red_decide, "redundant", MPTCPX_SCHED_COPIES);
