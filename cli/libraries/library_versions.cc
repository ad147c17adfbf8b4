// SPDX-License-Identifier: Apache-2.0
#include "cli/libraries/library_versions.h"

#include <capnp/common.h>
#include <fmt/core.h>
#include <gnu/libc-version.h>
#include <libdeflate.h>
#include <openssl/crypto.h>
#include <rocksdb/version.h>
#include <simdjson.h>
#include <sodium.h>
#include <spdlog/version.h>
#include <toml++/impl/version.h>
#include <xxhash.h>
#include <zlib.h>
#include <zmq.h>

#include <CLI/Version.hpp>
#include <boost/version.hpp>
#include <cstddef>

// jemalloc's, which the program links unless a sanitizer brings an allocator of its own.
extern "C" int mallctl(const char*, void*, std::size_t*, void*, std::size_t) __attribute__((weak));

namespace gyre::cli {
namespace {

std::string dotted(unsigned major, unsigned minor, unsigned patch) {
  return fmt::format("{}.{}.{}", major, minor, patch);
}

// 10203 -> "1.2.3", if `base` is 100
std::string dotted(unsigned number, unsigned base) {
  return dotted(number / base / base, number / base % base, number % base);
}

std::string zeromq() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  zmq_version(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

// With the instructions that it uses here: "3.1.7 (haswell)"
std::string simdjson_and_how() {
  const std::string version = dotted(simdjson::SIMDJSON_VERSION_MAJOR, simdjson::SIMDJSON_VERSION_MINOR,
                                     simdjson::SIMDJSON_VERSION_REVISION);
  return fmt::format("{} ({})", version, simdjson::get_active_implementation()->name());
}

// "5.3.0-0-g54eaed1d"
std::string jemalloc() {
  const char* version = nullptr;
  std::size_t size = sizeof(version);
  if (mallctl == nullptr || mallctl("version", &version, &size, nullptr, 0) != 0) return "";
  const std::string text(version);
  return text.substr(0, text.find('-'));
}

}  // namespace

std::vector<LibraryVersion> library_versions() {
  std::vector<LibraryVersion> versions = {
      {"RocksDB", rocksdb::GetRocksVersionAsString(), true},
      {"ZeroMQ", zeromq(), true},
      {"Cap'n Proto", dotted(CAPNP_VERSION, 1000), false},
      {"Boost", dotted(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100), false},
      {"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING), true},
      {"simdjson", simdjson_and_how(), false},
      {"zlib", zlibVersion(), true},
      {"libdeflate", LIBDEFLATE_VERSION_STRING, false},
      {"xxHash", dotted(XXH_versionNumber(), 100), true},
      {"libsodium", sodium_version_string(), true},
      {"spdlog", dotted(SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH), false},
      {"fmt", dotted(FMT_VERSION, 100), false},
      {"toml++", dotted(TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH), false},
      {"CLI11", CLI11_VERSION, false},
      {"glibc", gnu_get_libc_version(), true},
  };
  const std::string allocator = jemalloc();
  if (!allocator.empty()) versions.push_back({"jemalloc", allocator, true});
  return versions;
}

}  // namespace gyre::cli
