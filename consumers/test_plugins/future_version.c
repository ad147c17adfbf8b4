/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin, in C, that was made for versions of the ABI that are not there yet. */
#include <gyre/plugin_abi.h>

static int32_t create(const gyre_host* host, void** instance) {
  (void)host;
  *instance = NULL;
  return GYRE_OK;
}
static int32_t process(void* instance, const gyre_batch* batch, gyre_result* result) {
  (void)instance, (void)batch, (void)result;
  return GYRE_OK;
}
static void destroy(void* instance) {
  (void)instance;
}

const gyre_plugin* gyre_plugin_query(uint32_t host_abi_version) {
  static const gyre_plugin table = {
      sizeof(gyre_plugin), 7, 9, "future", "1.0", create, process, NULL, destroy};
  (void)host_abi_version;
  return &table;
}
