namespace Distribution.Ingest.Contents.Azure;

/// <summary>Which blobs this process reads just now: their bytes are not deleted before it has finished.</summary>
internal sealed class OpenReaders
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Enter(string blob)
    {
        lock (_gate)
            _counts[blob] = _counts.GetValueOrDefault(blob) + 1;
    }

    public void Leave(string blob)
    {
        lock (_gate)
        {
            if (--_counts[blob] == 0)
                _counts.Remove(blob);
        }
    }

    public bool Has(string blob)
    {
        lock (_gate)
            return _counts.ContainsKey(blob);
    }
}
