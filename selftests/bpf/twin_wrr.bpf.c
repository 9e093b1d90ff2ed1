// SPDX-License-Identifier: GPL-2.0
/* Does bpf_wrr choose as the native wrr does? */
#include "../../bpf/wrr.bpf.c"
#include "twin.h"

TWIN(twin_wrr, wrr_decide, "wrr", 0);
