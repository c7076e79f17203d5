namespace Distribution.Ingest.Contents;

/// <summary>Random access to one whole file. Any number of threads may read.</summary>
public interface IContentReader : IDisposable
{
    long LengthBytes { get; }

    /// <summary>Reads at least one byte, unless <paramref name="offset"/> is at the end, and at most what fits.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation);
}
