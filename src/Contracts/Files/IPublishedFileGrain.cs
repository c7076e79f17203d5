namespace Distribution.Contracts.Files;

/// <summary>
/// Owns the life of one file; keyed by file id. Every change is durable when its call returns, and each call may be repeated
/// after a lost answer: the same change twice is one change.
/// </summary>
/// <remarks>A change that names a state in <c>ifStill</c> is made of that state alone; null tells that the file is another by now.</remarks>
public interface IPublishedFileGrain : IGrainWithStringKey
{
    /// <summary>Null for an id that was never created.</summary>
    Task<PublishedFile?> GetAsync();

    /// <summary>
    /// An upload has begun: the file exists, in state <see cref="FileState.Processing"/> where the server itself gets the bytes, else in
    /// <see cref="FileState.Uploading"/>.
    /// </summary>
    /// <remarks>A new version has the peer policy of what it replaces, another file its publisher's default.</remarks>
    /// <exception cref="InvalidOperationException">It exists already and is another file, or replaces what its publisher has not.</exception>
    Task<PublishedFile> CreateAsync(PublishedFile file);

    /// <summary>The content is whole and stored: opens the swarm, then shows the file as published.</summary>
    Task<PublishedFile> PublishAsync(FileContent content);

    /// <summary>The upload cannot be finished; <paramref name="reason"/> is for people.</summary>
    Task FailAsync(string reason);

    /// <summary>Null leaves a field as it is.</summary>
    Task<PublishedFile?> UpdateAsync(string? title, PeerPolicy? policy, PublishedFile? ifStill = null);

    /// <summary>Undoes a takedown within <see cref="PublishedFile.UndoWindow"/>: the same links work again.</summary>
    /// <param name="byOperator">Who runs the server does it: also where it took the file down itself.</param>
    /// <exception cref="InvalidOperationException">It was not published, the time is over, or the operator took it down.</exception>
    Task<PublishedFile?> RestoreAsync(PublishedFile? ifStill = null, bool byOperator = false);

    /// <summary>Closes the swarm and every link. The record stays, for the reports.</summary>
    Task<PublishedFile?> UnpublishAsync(PublishedFile? ifStill = null);

    /// <summary>The same by who runs the server, who alone can undo it; also of a file that its publisher had unpublished.</summary>
    Task<PublishedFile> TakeDownAsync(string reason);
}
