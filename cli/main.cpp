// pipec: the command line. Exit codes: 0 fine, 1 findings, 64 wrong use, 70 our own fault, 74 input or output failed.
#include <unistd.h>

#include <csignal>
#include <exception>

#include "base/text.h"
#include "commands.h"
#include "terminal.h"

namespace {

using namespace pipec;
using namespace pipec::cli;

constexpr const char* kVersion = "pipec " PIPEC_VERSION;

void report_internal_error(const std::string& what) {
  write_err(std::string(kVersion) + ": internal error: " + what +
            "\nThis is a fault of pipec, not of your project, and nothing was written by halves. Please "
            "report it with the\n"
            "command, these lines and, if you may, the specification that brings it about.\n");
}

[[noreturn]] void on_terminate() {
  std::string what = "terminated";
  if (std::exception_ptr current = std::current_exception()) {
    try {
      std::rethrow_exception(current);
    } catch (const std::exception& error) {
      what = error.what();
    } catch (...) {
    }
  }
  report_internal_error(what);
  ::_exit(kInternalError);
}

std::string suggestion(const std::string& wrong, const std::vector<std::string>& known) {
  std::vector<std::string_view> near = suggest(wrong, {known.begin(), known.end()});
  return near.empty() ? "" : ": did you mean `" + std::string(near[0]) + "`?";
}

// What CLI11 says of a word that it did not expect names no remedy.
std::string wrong_use(CLI::App& app, const CLI::ParseError& error) {
  std::vector<std::string> extras = app.remaining(true), known;
  CLI::App* command = app.get_subcommands().empty() ? nullptr : app.get_subcommands().front();
  if (extras.empty()) return error.what();
  const std::string& word = extras.front();
  if (!command && word.rfind('-', 0) != 0) {
    for (const CLI::App* each : app.get_subcommands({})) known.push_back(each->get_name());
    return "there is no command `" + word + "`" + suggestion(word, known);
  }
  for (const CLI::Option* option : (command ? command : &app)->get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  bool is_option = word.rfind('-', 0) == 0;
  return (is_option ? "there is no option `" : "too many words: `") + word + "`" +
         (is_option ? suggestion(word, known) : "");
}

int run(int argc, char** argv) {
  CLI::App app("Compiles the specification of a data pipeline into the artifacts of its platforms.", "pipec");
  app.set_version_flag("--version", kVersion);
  app.footer(
      "Examples:\n"
      "  pipec build specs/first\n"
      "  pipec build --check --target prod --var catalog=main\n"
      "  pipec fmt --check specs/first\n"
      "  pipec lineage gold.sales_daily.amount\n"
      "  pipec explain PIPE0301");
  app.require_subcommand(1);
  app.get_formatter()->column_width(28);
  driver::CommandResult result;
  add_build(app, result);
  add_check(app, result);
  add_explain(app, result);
  add_fmt(app, result);
  add_lineage(app, result);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return write_out(app.help()) ? kFine : kInputOutputFailed;
  } catch (const CLI::CallForVersion&) {
    return write_out(std::string(kVersion) + "\n") ? kFine : kInputOutputFailed;
  } catch (const CLI::ParseError& error) {
    write_err("error: " + wrong_use(app, error) + "\nrun `pipec --help` to see what there is\n");
    return kWrongUse;
  }
  write_err(result.err);
  if (!write_out(result.out)) {
    write_err("error: cannot write the result\n");
    return kInputOutputFailed;
  }
  return result.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  std::set_terminate(on_terminate);
  // Writing past a limit or into a closed pipe is an error to report, not a way to die.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    report_internal_error(error.what());
  } catch (...) {
    report_internal_error("an unknown exception");
  }
  return kInternalError;
}
