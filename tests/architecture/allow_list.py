"""An import contract that names what a package may import, instead of what it may not."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowListContract(Contract):
    """Every import inside `package` stays in the package or goes to one of `allowed` or below it."""

    package = fields.StringField()
    allowed = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - the linter's own signature
        package, allowed = str(self.package), (str(self.package), *self.allowed)  # type: ignore[misc] # fields are set per instance
        modules = {package} | graph.find_descendants(package)
        strangers = sorted(
            (module, imported)
            for module in modules
            for imported in graph.find_modules_directly_imported_by(module)
            if not any(imported == name or imported.startswith(f"{name}.") for name in allowed)
        )
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for module, imported in check.metadata["strangers"]:
            output.print_error(f"{module} imports {imported}, which {self.package} has not allowed")
