#include "client/cli/commands/document_text.h"

#include "client/cli/yaml.h"

namespace interneg::commands {

void PrintDocument(const Context& context, const DocumentText& text, const cli::Json& document,
                   const std::string& name) {
  std::ostream& out = context.out();
  switch (context.style().format) {
    case cli::Format::kTable:
    case cli::Format::kWide:
      out << text.heading << '\n';
      if (!text.table.rows.empty()) cli::PrintListing(text.table, context.style(), out);
      for (const std::string& line : text.lines) out << line << '\n';
      return;
    case cli::Format::kJson:
      out << document.dump(2) << '\n';
      return;
    case cli::Format::kJsonl:
      out << document.dump() << '\n';
      return;
    case cli::Format::kYaml:
      out << cli::ToYaml(document);
      return;
    case cli::Format::kName:
      out << name << '\n';
  }
}

}  // namespace interneg::commands
