namespace Distribution.EndToEnd.Tests.Clients;

/// <summary>A stock client that downloads one torrent.</summary>
internal interface IViewerClient : IAsyncDisposable
{
    /// <summary>Where the finished file lies, under its own name.</summary>
    string Folder { get; }

    /// <summary>Returns once every piece is there and checked; throws with what the client said otherwise.</summary>
    Task FinishedAsync(TimeSpan limit);
}
