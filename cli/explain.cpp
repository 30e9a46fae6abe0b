#include "commands.h"

namespace pipec::cli {

void add_explain(CLI::App& app, driver::CommandResult& result) {
  CLI::App* command = app.add_subcommand("explain", "Show what a diagnostic means, with an example and its correction");
  auto code = std::make_shared<std::string>();
  command->add_option("CODE", *code, "As printed: PIPE0301")->required();
  command->callback([code, &result] { result = driver::run_explain(*code); });
}

}  // namespace pipec::cli
