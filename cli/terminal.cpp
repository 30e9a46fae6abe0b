#include "terminal.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace pipec::cli {
namespace {

bool write_all(int descriptor, const std::string& text) {
  for (size_t done = 0; done < text.size();) {
    ssize_t count = ::write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    done += static_cast<size_t>(count);
  }
  return true;
}

}  // namespace

bool wants_color() {
  const char* no_color = std::getenv("NO_COLOR");
  return ::isatty(STDERR_FILENO) && (!no_color || !*no_color);
}

std::optional<std::string> read_in() {
  std::string text;
  char piece[65536];
  for (;;) {
    ssize_t count = ::read(STDIN_FILENO, piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) return text;
    text.append(piece, static_cast<size_t>(count));
  }
}

bool write_out(const std::string& text) {
  return write_all(STDOUT_FILENO, text);
}

// Nobody could be told that this failed.
void write_err(const std::string& text) {
  write_all(STDERR_FILENO, text);
}

}  // namespace pipec::cli
