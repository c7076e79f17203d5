namespace Distribution.Contracts.Files;

/// <summary>All that is known of one file, from its first byte to its takedown.</summary>
[GenerateSerializer, Immutable]
public sealed record PublishedFile
{
    /// <summary>Unguessable; in every link.</summary>
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required string PublisherId { get; init; }

    /// <summary>For people; the name where nothing else was given.</summary>
    [Id(2)]
    public required string Title { get; init; }

    /// <summary>The file's or folder's own name, never a path.</summary>
    [Id(3)]
    public required string Name { get; init; }

    /// <summary>Media type, as told at upload.</summary>
    [Id(4)]
    public required string ContentType { get; init; }

    [Id(5)]
    public required long SizeBytes { get; init; }

    [Id(6)]
    public required FileState State { get; init; }

    [Id(7)]
    public required DateTimeOffset CreatedAt { get; init; }

    [Id(8)]
    public PeerPolicy Policy { get; init; }

    /// <summary>What the slicer made of it; null until published.</summary>
    [Id(9)]
    public FileContent? Content { get; init; }

    [Id(10)]
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Why it failed, for people; null otherwise.</summary>
    [Id(11)]
    public string? FailureReason { get; init; }

    [Id(12)]
    public TorrentFormat Format { get; init; }

    /// <summary>How many files a folder has; 0 for a single file.</summary>
    [Id(13)]
    public int FolderFileCount { get; init; }

    /// <summary>When it was taken down last; null: not since it was published.</summary>
    [Id(14)]
    public DateTimeOffset? UnpublishedAt { get; init; }

    /// <summary>Who runs the server took it down: the publisher cannot undo it.</summary>
    [Id(15)]
    public bool IsTakenDown { get; init; }

    /// <summary>Why the operator took it down, for people; null otherwise.</summary>
    [Id(16)]
    public string? TakedownReason { get; init; }

    /// <summary>The file of which this is a new version; null: of none.</summary>
    [Id(17)]
    public string? Replaces { get; init; }

    /// <summary>The first of its versions; null: it is that itself.</summary>
    [Id(18)]
    public string? FirstVersionId { get; init; }

    /// <summary>How long a takedown can be undone.</summary>
    public static readonly TimeSpan UndoWindow = TimeSpan.FromHours(24);

    /// <summary>True: it was taken down so shortly ago that it can be published again as it was.</summary>
    public bool CanRestore(DateTimeOffset now) =>
        State == FileState.Unpublished && Content is not null && UnpublishedAt is { } at && now - at < UndoWindow;

    /// <summary>True: it is or was published, so that something can be a new version of it.</summary>
    public bool CanBeReplaced() => State is FileState.Published or FileState.Unpublished && Content is not null;
}
