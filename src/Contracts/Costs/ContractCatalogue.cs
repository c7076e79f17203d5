using System.Diagnostics.CodeAnalysis;

namespace Distribution.Contracts.Costs;

/// <summary>Contracts that can be asked for by id: those beside the program, and a publisher's own.</summary>
public sealed class ContractCatalogue
{
    /// <summary>More files than these are refused.</summary>
    private const int MaxFiles = 500;

    private readonly Dictionary<string, ContractDocument> _byId;

    private ContractCatalogue(Dictionary<string, ContractDocument> byId)
    {
        _byId = byId;
        All = [.. byId.Values.OrderBy(static entry => entry.Contract.Name, StringComparer.Ordinal)];
    }

    /// <summary>Nothing.</summary>
    public static ContractCatalogue Empty { get; } = new([]);

    /// <summary>Where the program's own lie.</summary>
    public static string BuiltInFolder => Path.Combine(AppContext.BaseDirectory, "contracts");

    /// <summary>By name.</summary>
    public IReadOnlyList<ContractDocument> All { get; }

    public bool TryFind(string id, [NotNullWhen(true)] out ContractDocument? entry) => _byId.TryGetValue(id, out entry);

    /// <summary>
    /// Reads every *.json of the folders; one that is not there has none. An id in a later folder stands for that in an earlier one.
    /// </summary>
    /// <param name="errors">What is wrong with which file; the catalogue has the others.</param>
    public static ContractCatalogue Load(IEnumerable<string> folders, out IReadOnlyList<string> errors)
    {
        var byId = new Dictionary<string, ContractDocument>(StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (string folder in folders)
        {
            var here = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string path in Files(folder, wrong))
            {
                if (!ContractDocument.TryRead(path, out ContractDocument? entry, out IReadOnlyList<string> why))
                    wrong.AddRange(why);
                else if (!here.TryAdd(entry.Contract.Id, path))
                    wrong.Add($"{path}: $.id is that of {here[entry.Contract.Id]}.");
                else
                    byId[entry.Contract.Id] = entry;
            }
        }
        errors = wrong;
        return new ContractCatalogue(byId);
    }

    private static string[] Files(string folder, List<string> wrong)
    {
        if (!Directory.Exists(folder))
            return [];
        try
        {
            string[] files = Directory.GetFiles(folder, "*.json");
            Array.Sort(files, StringComparer.Ordinal);
            if (files.Length <= MaxFiles)
                return files;
            wrong.Add($"{folder}: it has more than {MaxFiles} contracts.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            wrong.Add($"{folder}: {unreadable.Message}");
        }
        return [];
    }
}
