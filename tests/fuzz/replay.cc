// SPDX-License-Identifier: Apache-2.0
// Runs a fuzzer on every file of the folder that is named, where there is no libFuzzer: so `./dev test` sees
// that nothing once found comes back.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/fuzz.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::printf("%s\n", entry.path().c_str());
    std::fflush(stdout);  // the last line names the culprit
    std::ifstream in(entry.path(), std::ios::binary);
    gyre::fuzz(std::string(std::istreambuf_iterator<char>(in), {}));
    ++count;
  }
  return count > 0 ? 0 : 1;
}
