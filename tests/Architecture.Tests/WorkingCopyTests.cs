using Distribution.Architecture.Tests.Rules;

namespace Distribution.Architecture.Tests;

/// <summary>The working copy keeps the rules.</summary>
public sealed class WorkingCopyTests
{
    [Fact]
    public async Task Projects_know_only_whom_they_may() => await KeepsAsync(ProjectArrows.Violations);

    [Fact]
    public async Task The_protocol_is_values_only() => await KeepsAsync(ProtocolPurity.Violations);

    [Fact]
    public async Task Every_project_is_in_the_solution() => await KeepsAsync(SolutionIsWhole.Violations);

    [Fact]
    public async Task One_public_type_a_file() => await KeepsAsync(OnePublicTypePerFile.Violations);

    [Fact]
    public async Task Files_are_short() => await KeepsAsync(FileLength.Violations);

    [Fact]
    public async Task No_file_names_a_machine_or_registry() => await KeepsAsync(NobodysMachine.Violations);

    [Fact]
    public async Task Package_versions_are_central() => await KeepsAsync(CentralVersions.Violations);

    [Fact]
    public async Task The_rules_see_the_files()
    {
        SourceTree tree = await SourceTree.ReadWorkingCopyAsync();
        Assert.InRange(tree.Below("src", ".cs").Count(), 50, int.MaxValue);
        Assert.InRange(tree.Below("src", ".csproj").Count(), 7, int.MaxValue);
        Assert.NotNull(tree[SolutionIsWhole.Solution]);
        Assert.NotNull(tree[CentralVersions.Central]);
    }

    private static async Task KeepsAsync(Func<SourceTree, IEnumerable<string>> rule) =>
        Assert.Empty(rule(await SourceTree.ReadWorkingCopyAsync()));
}
