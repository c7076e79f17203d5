using Distribution.BitTorrent;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers;

/// <summary>
/// The rows of <c>ledger_file</c> that one transaction books on: each is read once, as announces of a swarm come in batches, and changed here alone.
/// </summary>
internal sealed class BookedFiles(StateSession session)
{
    private readonly Dictionary<InfoHash, FileRow> _known = [];

    /// <inheritdoc cref="FileTable.Find"/>
    public FileRow? Find(InfoHash infoHash)
    {
        if (_known.TryGetValue(infoHash, out FileRow known))
            return known;
        FileRow? found = FileTable.Find(session, infoHash);
        if (found is { } file)
            _known[infoHash] = file;
        return found;
    }

    /// <inheritdoc cref="FileTable.FindOrKeep"/>
    public FileRow FindOrKeep(InfoHash infoHash) =>
        Find(infoHash) ?? (_known[infoHash] = FileTable.FindOrKeep(session, infoHash));

    public FileRow CountCompleted(InfoHash infoHash, in FileRow file)
    {
        FileTable.CountCompleted(session, file.Key);
        return _known[infoHash] = file with { Completed = file.Completed + 1 };
    }

    public void SaveLow(InfoHash infoHash, in FileRow file, in FileLow low)
    {
        FileTable.SaveLow(session, file.Key, low);
        _known[infoHash] = file with { Low = low };
    }
}
