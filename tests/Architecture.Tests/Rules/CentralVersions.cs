using System.Xml.Linq;

namespace Distribution.Architecture.Tests.Rules;

/// <summary>Package versions stand in one file; a project says what it needs, not which.</summary>
internal static class CentralVersions
{
    public const string Central = "Directory.Packages.props";

    public static IEnumerable<string> Violations(SourceTree tree)
    {
        HashSet<string?> known =
        [
            .. XDocument
                .Parse(tree[Central] ?? "<Project />")
                .Descendants("PackageVersion")
                .Select(version => (string?)version.Attribute("Include")),
        ];
        foreach ((string path, string text) in tree.Files)
        {
            if (path == Central || Path.GetExtension(path) is not (".csproj" or ".props" or ".targets"))
                continue;
            foreach (XElement reference in XDocument.Parse(text).Descendants("PackageReference"))
            {
                var package = (string?)reference.Attribute("Include") ?? (string?)reference.Attribute("Update");
                bool hasOwn =
                    reference.Attribute("Version") is not null
                    || reference.Attribute("VersionOverride") is not null
                    || reference.Element("Version") is not null
                    || reference.Element("VersionOverride") is not null;
                if (hasOwn)
                    yield return $"{path}: has its own version of {package}.";
                else if (!known.Contains(package))
                    yield return $"{path}: {package} has no version in {Central}.";
            }
        }
    }
}
