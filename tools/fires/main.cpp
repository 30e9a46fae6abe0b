// pipec-fires CRON ZONE FROM TO: the moments at which the compiler expects an orchestrator to fire, in Unix
// seconds, a line each. The tests compare them with what orchestrators say.
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include "pipeline/cron.h"

namespace {

bool read_moment(std::string_view text, int64_t* out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

int main(int argc, char** argv) {
  int64_t from = 0, to = 0;
  if (argc != 5 || !read_moment(argv[3], &from) || !read_moment(argv[4], &to)) {
    std::fputs("usage: pipec-fires CRON ZONE FROM TO   (moments in Unix seconds)\n", stderr);
    return 64;
  }
  std::string why;
  const auto cron = pipec::pipeline::parse_cron(argv[1], &why);
  if (!cron) {
    std::fprintf(stderr, "pipec-fires: %s\n", why.c_str());
    return 1;
  }
  if (!pipec::pipeline::valid_zone(argv[2])) {
    std::fprintf(stderr, "pipec-fires: no time zone is called `%s`\n", argv[2]);
    return 1;
  }
  for (int64_t moment : pipec::pipeline::fires(*cron, argv[2], from, to)) std::printf("%lld\n", (long long)moment);
  return 0;
}
