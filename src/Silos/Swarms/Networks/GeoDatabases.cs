using System.Net;

namespace Distribution.Silos.Swarms.Networks;

/// <summary>Several databases as one: each fact from the first that knows it. A file that has changed is read again. Any thread.</summary>
internal sealed class GeoDatabases : INetworkSource
{
    private readonly string[] _paths;
    private readonly (DateTime WrittenAt, long Bytes)[] _versions;
    private volatile GeoDatabase[] _databases;

    /// <exception cref="GeoDatabaseException">One cannot be used; the message names all of these.</exception>
    public GeoDatabases(IReadOnlyList<string> paths)
    {
        _paths = [.. paths];
        _versions = [.. _paths.Select(VersionOf)];
        var problems = new List<string>();
        var databases = new List<GeoDatabase>();
        foreach (string path in _paths)
        {
            try
            {
                databases.Add(GeoDatabase.Open(path));
            }
            catch (GeoDatabaseException fault)
            {
                problems.Add(fault.Message);
            }
        }
        if (problems.Count > 0)
            throw new GeoDatabaseException(string.Join(' ', problems));
        _databases = [.. databases];
    }

    /// <summary>Files that say nothing of any address that was tried.</summary>
    public IEnumerable<string> Silent =>
        _databases.Where(static database => !database.KnowsAny).Select(static database => database.Path);

    public NetworkFacts Find(IPAddress address)
    {
        NetworkFacts found = NetworkFacts.Unknown;
        foreach (GeoDatabase database in _databases)
        {
            NetworkFacts facts = database.Find(address);
            found = new NetworkFacts(
                found.System != 0 ? found.System : facts.System,
                found.Country != 0 ? found.Country : facts.Country
            );
        }
        return found;
    }

    /// <summary>
    /// Reads those again that have changed. One that cannot be used stays as it was, and is tried again at the next call. Not by two threads at a time.
    /// </summary>
    /// <param name="problems">Of files that were to be read again.</param>
    /// <returns>The files that were read.</returns>
    public IReadOnlyList<string> Refresh(out IReadOnlyList<string> problems)
    {
        var read = new List<string>();
        var wrong = new List<string>();
        GeoDatabase[] databases = [.. _databases];
        for (int i = 0; i < _paths.Length; i++)
        {
            (DateTime, long) version = VersionOf(_paths[i]);
            if (version == _versions[i])
                continue;
            try
            {
                databases[i] = GeoDatabase.Open(_paths[i]);
                _versions[i] = version;
                read.Add(_paths[i]);
            }
            catch (GeoDatabaseException fault)
            {
                wrong.Add(fault.Message);
            }
        }
        if (read.Count > 0)
            _databases = databases;
        problems = wrong;
        return read;
    }

    private static (DateTime, long) VersionOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
