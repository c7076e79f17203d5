using Distribution.Tests.Shared;

namespace Distribution.Infra.Tests;

/// <summary>A folder with copies of some of our files, one of them changed: what a validator must refuse.</summary>
internal sealed class BrokenCopy : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("infra-");

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Copies one file of the repository, with <paramref name="old"/> replaced; it must be there.</summary>
    public string Add(string relative, string old = "", string replacement = "")
    {
        string text = File.ReadAllText(Repository.PathOf(relative));
        Assert.Contains(old, text, StringComparison.Ordinal);
        string path = PathOf(Path.GetFileName(relative));
        File.WriteAllText(path, old.Length == 0 ? text : text.Replace(old, replacement, StringComparison.Ordinal));
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
