/* SPDX-License-Identifier: Apache-2.0 */
#include "contract.h"

#include "bench.h"
#include "table.h"

const struct contract_maker *contract_maker;

int contract_run(const struct contract_maker *maker)
{
    contract_maker = maker;
    return contract_calls() + contract_streams() + contract_measures() + contract_handles() +
           contract_tasks();
}
