namespace Distribution.Standalone.Downloads;

/// <summary>What came from where, in content bytes as blocks: no protocol. Any thread may count.</summary>
internal sealed class DownloadFigures
{
    private readonly long[] _received = new long[Enum.GetValues<ByteSource>().Length];
    private long _wasted;
    private long _uploaded;

    /// <summary>Verified before the download began.</summary>
    public long FoundBytes { get; set; }

    /// <summary>Came twice, or failed the piece's hash.</summary>
    public long WastedBytes => Interlocked.Read(ref _wasted);

    public long UploadedBytes => Interlocked.Read(ref _uploaded);

    public long ReceivedBytes => Enum.GetValues<ByteSource>().Sum(Of);

    /// <summary>Verified bytes of one source.</summary>
    public long Of(ByteSource source) => Interlocked.Read(ref _received[(int)source]);

    public void Received(ByteSource source, long bytes) => Interlocked.Add(ref _received[(int)source], bytes);

    public void Wasted(long bytes) => Interlocked.Add(ref _wasted, bytes);

    public void Uploaded(long bytes) => Interlocked.Add(ref _uploaded, bytes);
}
