namespace Distribution.Ingest.CdnLogs;

/// <summary>Files in which access logs may be.</summary>
internal interface ILogFolder
{
    /// <summary>How often to look.</summary>
    TimeSpan Interval { get; }

    /// <summary>Each file by name, oldest first, with a text that is another once the file has changed.</summary>
    /// <exception cref="IOException">They cannot be listed.</exception>
    IAsyncEnumerable<(string Name, string Version)> ListAsync(CancellationToken stop);

    /// <exception cref="IOException">It cannot be read, or has gone.</exception>
    Task<Stream> OpenAsync(string name, CancellationToken stop);
}
