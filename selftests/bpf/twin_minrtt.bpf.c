// SPDX-License-Identifier: GPL-2.0
/* Does bpf_minrtt choose as the native minrtt does? */
#include "../../bpf/minrtt.bpf.c"
#include "twin.h"

TWIN(twin_minrtt, minrtt_decide, "minrtt", 0);
