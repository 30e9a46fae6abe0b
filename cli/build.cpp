#include "commands.h"

namespace pipec::cli {

void add_build(CLI::App& app, driver::CommandResult& result) {
  CLI::App* command = app.add_subcommand("build", "Check everything and write all artifacts");
  auto request = std::make_shared<driver::BuildRequest>();
  auto options = std::make_shared<ProjectOptions>(*command, *request);
  command->add_option("--out", request->out, "Artifacts go to DIR/<target>; PROJECT/dist if not given")
      ->type_name("DIR");
  CLI::Option* check =
      command->add_flag("--check", request->check, "Write nothing; exit 1 unless the artifacts are current");
  command->add_flag("--force", request->force, "Overwrite generated files that were edited by hand")->excludes(check);
  command->callback([request, options, &result] {
    options->finish();
    result = driver::run_build(*request);
  });
}

}  // namespace pipec::cli
