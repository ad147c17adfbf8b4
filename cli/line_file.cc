// SPDX-License-Identifier: Apache-2.0
#include "cli/line_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace gyre::cli {

void LineFile::open() {
  file_ = Descriptor(::open(name_.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644));
  struct stat facts{};
  bytes_ =
      file_.get() >= 0 && ::fstat(file_.get(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

int LineFile::descriptor() {
  if (file_.get() < 0) open();
  if (bytes_ >= bytes_max_) {
    std::rename(name_.c_str(), (name_ + ".1").c_str());
    open();
  }
  return file_.get();
}

void LineFile::write(std::string_view line) {
  const int file = descriptor();
  if (file < 0) return;
  std::string text(line);
  text += '\n';
  if (::write(file, text.data(), text.size()) > 0) bytes_ += text.size();
}

}  // namespace gyre::cli
