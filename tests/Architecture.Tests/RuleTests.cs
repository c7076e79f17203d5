using Distribution.Architecture.Tests.Rules;

namespace Distribution.Architecture.Tests;

/// <summary>Each rule can fail: bad samples are seen, good ones are left alone.</summary>
public sealed class RuleTests
{
    [Theory]
    [InlineData(
        "BitTorrent",
        "<ProjectReference Include=\"../Contracts/Contracts.csproj\" />",
        "may not know Contracts"
    )]
    [InlineData("Contracts", "<ProjectReference Include=\"../Silos/Silos.csproj\" />", "may not know Silos")]
    [InlineData("Dashboard", "<ProjectReference Include=\"..\\Silos\\Silos.csproj\" />", "may not know Silos")]
    [InlineData("EdgeSeeder", "<ProjectReference Include=\"../Ingest/Ingest.csproj\" />", "may not know Ingest")]
    [InlineData("Ingest", "<ProjectReference Include=\"../../tests/Shared/Shared.csproj\" />", "may not know Shared")]
    [InlineData("BitTorrent", "<PackageReference Include=\"Some.Package\" />", "needs no Some.Package")]
    [InlineData("BitTorrent", "<FrameworkReference Include=\"Microsoft.AspNetCore.App\" />", "needs no Microsoft")]
    [InlineData("Unheard", "", "not in the table")]
    public void A_wrong_arrow_is_seen(string project, string reference, string expected) =>
        Assert.Contains(
            expected,
            Assert.Single(ProjectArrows.Violations(Project(project, reference))),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("Silos", "<ProjectReference Include=\"../BitTorrent/BitTorrent.csproj\" />")]
    [InlineData("Standalone", "<ProjectReference Include=\"..\\Dashboard\\Dashboard.csproj\" />")]
    [InlineData("Contracts", "<PackageReference Include=\"Microsoft.Orleans.Sdk\" />")]
    public void A_right_arrow_is_left_alone(string project, string reference) =>
        Assert.Empty(ProjectArrows.Violations(Project(project, reference)));

    [Fact]
    public void A_project_in_a_foreign_folder_is_seen() =>
        Assert.NotEmpty(
            ProjectArrows.Violations(new SourceTree().With("src/Silos/Extra/Contracts.csproj", "<Project />"))
        );

    [Theory]
    [InlineData("using System.Net.Sockets;")]
    [InlineData("long now = Stopwatch.GetTimestamp();")]
    [InlineData("using Microsoft.Extensions.Logging;")]
    [InlineData("byte[] all = File.ReadAllBytes(path);")]
    [InlineData("class Clocked(TimeProvider clock);")]
    public void An_impure_protocol_is_seen(string text) =>
        Assert.NotEmpty(ProtocolPurity.Violations(new SourceTree().With("src/BitTorrent/Wire/Bad.cs", text)));

    [Fact]
    public void Others_may_be_impure() =>
        Assert.Empty(
            ProtocolPurity.Violations(new SourceTree().With("src/EdgeSeeder/A.cs", "using System.Net.Sockets;"))
        );

    [Fact]
    public void A_forgotten_project_and_a_forgotten_line_are_seen()
    {
        SourceTree tree = new SourceTree()
            .With(SolutionIsWhole.Solution, "Project(\"{x}\") = \"A\", \"src\\A\\A.csproj\", \"{y}\"")
            .With("src/B/B.csproj", "<Project />");
        Assert.Equal(2, SolutionIsWhole.Violations(tree).Count());
        Assert.Equal(
            ["Distribution.sln: names src/A/A.csproj, which is not there."],
            SolutionIsWhole.Violations(new SourceTree().With(SolutionIsWhole.Solution, tree[SolutionIsWhole.Solution]!))
        );
    }

    [Fact]
    public void A_project_that_is_built_on_demand_is_seen_in_the_solution_and_not_missed()
    {
        SourceTree tree = new SourceTree()
            .With(SolutionIsWhole.Solution, "")
            .With(SolutionIsWhole.Apart, "<Project />");
        Assert.Empty(SolutionIsWhole.Violations(tree));
        Assert.Single(
            SolutionIsWhole.Violations(
                tree.With(
                    SolutionIsWhole.Solution,
                    $"Project(\"{{x}}\") = \"A\", \"{SolutionIsWhole.Apart}\", \"{{y}}\""
                )
            )
        );
    }

    [Theory]
    [InlineData("public sealed class Good;\n\npublic enum Other\n{\n}\n", "2 public types")]
    [InlineData("public interface Good;\npublic readonly record struct Second(int A);\n", "2 public types")]
    [InlineData("public static partial class Good;\npublic delegate Task<int?> Second(int a);\n", "2 public types")]
    [InlineData("public class Bad;\n", "named otherwise")]
    [InlineData("namespace A.B\n{\n}\n", "braces")]
    public void A_second_public_type_is_seen(string text, string expected) =>
        Assert.Contains(
            expected,
            Assert.Single(OnePublicTypePerFile.Violations(new SourceTree().With("src/A/Good.cs", text))),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(
        "namespace A;\n\npublic sealed class Good<T>\n{\n    public enum Nested { A }\n}\n\ninternal class Other;\n"
    )]
    [InlineData("public ref struct Good;\n")]
    [InlineData("internal sealed class Unnamed;\n\ninternal sealed class Second;\n")]
    [InlineData("public partial class Good;\npublic partial class Good;\n")]
    public void One_public_type_is_left_alone(string text) =>
        Assert.Empty(OnePublicTypePerFile.Violations(new SourceTree().With("src/A/Good.cs", text)));

    [Fact]
    public void Long_files_are_seen()
    {
        string longest = string.Concat(Enumerable.Repeat("x\n", FileLength.MaxLines));
        Assert.Empty(FileLength.Violations(new SourceTree().With("src/A/A.cs", longest)));
        Assert.Single(FileLength.Violations(new SourceTree().With("src/A/A.razor", longest + "x\n")));
        Assert.Empty(FileLength.Violations(new SourceTree().With("tests/A/A.cs", longest + "x\n")));
    }

    public static TheoryData<string, string> MachineSamples =>
        new()
        {
            { "docs/a.md", "see /wo" + "rk/shared/notes" },
            { "test.sh", "cd /ro" + "ot/x" },
            { "a.json", "\"/ho" + "me/somebody\"" },
            { "a.cs", "C:\\Us" + "ers\\somebody" },
            { "package-lock.json", "{ \"resolved\": \"https://packages.example/a.tgz\" }" },
            { "src/A/package-lock.json", "{ \"resolved\": \"http://10.0.0.1/a.tgz\" }" },
            { "README.md", "from https://registry." + "npmjs.org/x" },
            { "Dockerfile", "--source https://api." + "nuget.org/v3" },
            { "src/A/.npmrc", "registry=https://packages.example/" },
            { "src/A/.npmrc", "//packages.example/:_authToken=x" },
            { "NuGet.config", "<configuration />" },
        };

    [Theory]
    [MemberData(nameof(MachineSamples))]
    public void Names_of_machines_and_registries_are_seen(string path, string text) =>
        Assert.NotEmpty(NobodysMachine.Violations(new SourceTree().With(path, text)));

    [Theory]
    [InlineData("docs/a.md", "a worked/example in tests/work/x and https://h.example/home/x, /data, /workspace")]
    [InlineData("package-lock.json", "{ \"version\": \"1.0.0\", \"resolved\": \"file:../x\" }")]
    [InlineData(".npmrc", "omit-lockfile-registry-resolved=true")]
    public void Other_words_are_left_alone(string path, string text) =>
        Assert.Empty(NobodysMachine.Violations(new SourceTree().With(path, text)));

    [Theory]
    [InlineData("<PackageReference Include=\"Known\" Version=\"1.0\" />", "own version")]
    [InlineData("<PackageReference Include=\"Known\" VersionOverride=\"1.0\" />", "own version")]
    [InlineData("<PackageReference Include=\"Known\"><Version>1.0</Version></PackageReference>", "own version")]
    [InlineData("<PackageReference Include=\"Unknown\" />", "no version")]
    public void A_version_elsewhere_is_seen(string reference, string expected) =>
        Assert.Contains(
            expected,
            Assert.Single(CentralVersions.Violations(Versions(reference))),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_central_version_is_left_alone() =>
        Assert.Empty(
            CentralVersions.Violations(Versions("<PackageReference Include=\"Known\" PrivateAssets=\"all\" />"))
        );

    private static SourceTree Project(string name, string reference) =>
        new SourceTree().With($"src/{name}/{name}.csproj", $"<Project><ItemGroup>{reference}</ItemGroup></Project>");

    private static SourceTree Versions(string reference) =>
        Project("Silos", reference)
            .With(
                CentralVersions.Central,
                "<Project><ItemGroup><PackageVersion Include=\"Known\" Version=\"1.0\" /></ItemGroup></Project>"
            );
}
