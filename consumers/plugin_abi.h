/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GYRE_PLUGIN_ABI_H
#define GYRE_PLUGIN_ABI_H

/*
 * The C interface between Gyre and a consumer in a shared library. Copy this file (and plugin.h, its C++
 * wrapper) into your own source tree: it needs nothing else of Gyre.
 *
 * A library exports one function, gyre_plugin_query. It is loaded into a host process of its own, never into
 * a region, and it is never unloaded: a crash ends the host alone, which is started again.
 *
 * Rules
 * - Threads: the host makes all calls to one instance on one thread, one at a time; host functions may be
 * called only on that thread, during such a call.
 * - Ownership: the side that made a thing owns it. What the host passes (views, records, images, results) is
 * read-only and ends when the call returns; `host` itself lives until destroy() returns. What the plugin
 * passes is copied before the host function returns. The table that gyre_plugin_query answers must live as
 * long as the process.
 * - Nothing may be thrown across: no exceptions, no longjmp.
 * - Structs with a `size` first only ever grow at their end; `size` is what their maker knew. Read a later
 * member only if `size` covers it. Enumerations are closed for a given ABI version.
 * - Every record is delivered at least once and, within its shard, in order. What the plugin writes through
 * `result`, its state and its progress are committed together or not at all: these effects happen exactly
 * once.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The ABI version that this header describes. */
#define GYRE_PLUGIN_ABI_VERSION 1u

/* Bounds that the host enforces. */
#define GYRE_STATE_BYTES_MAX (64u * 1024u)
#define GYRE_WRITES_MAX 10000u

/* A view of bytes, not terminated by a zero. Never changes. */
typedef struct gyre_text {
  const char* data;
  size_t size;
} gyre_text;

/* What a function of either side answers. */
enum gyre_status {
  GYRE_OK = 0,
  GYRE_FAILED = 1,    /* of a plugin's function: the call did not work; it is repeated after a pause */
  GYRE_NOT_FOUND = 2, /* of find_attribute */
  GYRE_INVALID = 3, /* of a result function: a malformed argument, or a bound was passed. The whole result is
                       void and the consumer stops with the reason, so that no effect is ever lost silently */
};

enum gyre_record_kind { GYRE_INSERT = 1, GYRE_MODIFY = 2, GYRE_REMOVE = 3 };

enum gyre_attribute_type {
  GYRE_S = 1,
  GYRE_N = 2,
  GYRE_B = 3,
  GYRE_BOOL = 4,
  GYRE_NULL = 5,
  GYRE_M = 6,
  GYRE_L = 7,
  GYRE_SS = 8,
  GYRE_NS = 9,
  GYRE_BS = 10,
};

/* How a record failed. */
enum gyre_failure {
  GYRE_RETRY = 1, /* deliver it again, after a growing pause; later records of the shard wait */
  GYRE_REJECT =
      2, /* this record can never be processed: log it as a dead letter and go on. Counts as accepted */
  GYRE_FATAL = 3, /* stop this consumer with an error, until somebody starts it again */
};

enum gyre_log_level { GYRE_LOG_DEBUG = 1, GYRE_LOG_INFO = 2, GYRE_LOG_WARNING = 3, GYRE_LOG_ERROR = 4 };

/* An item, or the key of one. Opaque: read it with the host's functions. */
typedef struct gyre_image gyre_image;

/* What one call brings about. Opaque: fill it with the host's functions. */
typedef struct gyre_result gyre_result;

/* One attribute's value. `text` is: the text of an S; the decimal digits of an N; the raw bytes of a B;
 * "true" or "false"; nothing for NULL; DynamoDB JSON, as in {"L":[...]}, for all other types. */
typedef struct gyre_attribute {
  size_t size; /* set by the caller */
  int32_t type;
  gyre_text text;
} gyre_attribute;

typedef struct gyre_record {
  size_t size;
  int32_t kind;
  uint64_t sequence;       /* increasing in a shard */
  uint64_t commit_time_ms; /* since the Unix epoch */
  gyre_text origin_region; /* where the write was first accepted; in a global table perhaps another region
                              than this */
  const gyre_image* keys;
  const gyre_image* old_image; /* NULL: there was no item */
  const gyre_image* new_image; /* NULL: there is no item any more */
} gyre_record;

typedef struct gyre_batch {
  size_t size;
  uint64_t shard;
  gyre_text state;     /* what set_state last committed for this shard; empty at first */
  int32_t redelivered; /* 1 if a record of this batch was given to this instance before */
  size_t record_count; /* at least 1 */
  const gyre_record* const* records;
} gyre_batch;

/* A closed shard was processed to its end; its children come next. */
typedef struct gyre_shard_end {
  size_t size;
  uint64_t shard;
  gyre_text state;
} gyre_shard_end;

/* What the host offers. */
typedef struct gyre_host {
  size_t size;
  uint32_t abi_version; /* the version that was agreed on */
  gyre_text region;
  gyre_text table;
  gyre_text consumer;

  void (*log)(int32_t level, gyre_text line);

  /* The image in Gyre's canonical encoding, and as DynamoDB JSON: {"id":{"S":"1"},...} (made on first use).
   */
  gyre_text (*image_encoded)(const gyre_image* image);
  gyre_text (*image_json)(const gyre_image* image);
  /* A top-level attribute: GYRE_OK and *found, or GYRE_NOT_FOUND. */
  int32_t (*find_attribute)(const gyre_image* image, gyre_text name, gyre_attribute* found);

  /* All records up to this sequence are processed: progress is committed this far, along with state and
   * writes, which must be the effects of exactly these records. The last call counts. Without progress state
   * and writes are dropped. */
  int32_t (*accept_through)(gyre_result* result, uint64_t sequence);
  /* One record failed. Records failed with GYRE_RETRY or GYRE_FATAL must lie after accept_through. */
  int32_t (*fail)(gyre_result* result, uint64_t sequence, int32_t failure, gyre_text message);
  /* Replaces the shard's state; at most GYRE_STATE_BYTES_MAX bytes. */
  int32_t (*set_state)(gyre_result* result, gyre_text state);

  /* Writes to tables of this region; at most GYRE_WRITES_MAX in one call. Items and keys are DynamoDB JSON.
   */
  int32_t (*put_item)(gyre_result* result, gyre_text table, gyre_text item_json);
  int32_t (*delete_item)(gyre_result* result, gyre_text table, gyre_text key_json);
  /* Adds a decimal number to a number attribute, which starts as 0; creates the item if there is none. */
  int32_t (*add_number)(gyre_result* result, gyre_text table, gyre_text key_json, gyre_text attribute,
                        gyre_text amount);
} gyre_host;

/* What a library offers. */
typedef struct gyre_plugin {
  size_t size;
  uint32_t abi_min; /* the ABI versions that it can work with, both included */
  uint32_t abi_max;
  const char* name; /* zero-terminated, for logs */
  const char* version;

  /* Makes an instance. `*instance` belongs to the plugin and is passed to the others. */
  int32_t (*create)(const gyre_host* host, void** instance);
  /* Processes a batch of one shard. GYRE_OK: do as `result` says, which must name progress or a failure.
   * GYRE_FAILED: drop `result`, deliver the same batch again after a pause. */
  int32_t (*process)(void* instance, const gyre_batch* batch, gyre_result* result);
  /* May be NULL. State and writes of `result` are committed with the end of the shard; accept_through is not
   * needed. Called again if that commit did not happen, and once more after a restart. */
  int32_t (*shard_end)(void* instance, const gyre_shard_end* end, gyre_result* result);
  void (*destroy)(void* instance);
} gyre_plugin;

/* The one function that a library exports. Answers its table, or NULL if it cannot work with the host's ABI
 * version. */
const gyre_plugin* gyre_plugin_query(uint32_t host_abi_version);
typedef const gyre_plugin* (*gyre_plugin_query_function)(uint32_t host_abi_version);

#ifdef __cplusplus
}
#endif

#endif
