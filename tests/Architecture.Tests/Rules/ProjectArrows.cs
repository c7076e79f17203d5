using System.Xml.Linq;

namespace Distribution.Architecture.Tests.Rules;

/// <summary>Who may know whom: the direction of references between the projects of src.</summary>
internal static class ProjectArrows
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["BitTorrent"] = [],
        ["Contracts"] = ["BitTorrent"],
        ["Silos"] = ["Contracts", "BitTorrent"],
        ["Ingest"] = ["Contracts", "BitTorrent"],
        ["EdgeSeeder"] = ["Contracts", "BitTorrent"],
        // Built on demand: another engine behind the edge's interface.
        ["EdgeSeeder.MonoTorrent"] = ["EdgeSeeder", "Contracts", "BitTorrent"],
        ["Dashboard"] = ["Contracts"],
        ["Standalone"] =
        [
            "BitTorrent",
            "Contracts",
            "Silos",
            "Ingest",
            "EdgeSeeder",
            "EdgeSeeder.MonoTorrent",
            "Dashboard",
        ],
    };

    public static IEnumerable<string> Violations(SourceTree tree)
    {
        foreach ((string path, string text) in tree.Below("src", ".csproj"))
        {
            string project = Path.GetFileNameWithoutExtension(path);
            if (path != $"src/{project}/{project}.csproj")
                yield return $"{path}: a project lies in the folder of its own name.";
            if (!Allowed.TryGetValue(project, out string[]? allowed))
            {
                yield return $"{path}: not in the table of who may know whom.";
                continue;
            }
            foreach (string reference in References(text, "ProjectReference"))
            {
                string target = Path.GetFileNameWithoutExtension(reference.Replace('\\', '/'));
                if (!allowed.Contains(target))
                    yield return $"{path}: may not know {target}.";
            }
            if (project == "BitTorrent")
            {
                foreach (string kind in (string[])["PackageReference", "FrameworkReference"])
                {
                    foreach (string reference in References(text, kind))
                        yield return $"{path}: the protocol needs no {reference}.";
                }
            }
        }
    }

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Parse(project).Descendants(kind).Select(reference => (string)reference.Attribute("Include")!);
}
