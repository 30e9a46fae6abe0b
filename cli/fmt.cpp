#include "commands.h"
#include "terminal.h"

namespace pipec::cli {

void add_fmt(CLI::App& app, driver::CommandResult& result) {
  CLI::App* command = app.add_subcommand("fmt", "Write specifications in the one canonical layout");
  auto request = std::make_shared<driver::FmtRequest>();
  command->add_option("PATH", request->paths, "Folders and files; `-` reads standard input and writes standard output")
      ->default_str(".");
  command->add_flag("--check", request->check, "Write nothing; name the files that are not formatted");
  command->add_flag("--diff", request->diff, "Write nothing; show what would change");
  command->callback([request, &result] {
    if (request->paths.empty()) request->paths = {"."};
    bool stream = std::find(request->paths.begin(), request->paths.end(), "-") != request->paths.end();
    if (stream && request->paths.size() > 1) throw CLI::ValidationError("PATH", "`-` stands alone");
    request->color = wants_color();
    if (stream) {
      request->input = read_in();
      if (!request->input) {
        result = {kInputOutputFailed, {}, "error: cannot read standard input\n"};
        return;
      }
    }
    result = driver::run_fmt(*request);
  });
}

}  // namespace pipec::cli
