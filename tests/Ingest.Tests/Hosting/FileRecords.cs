using System.Collections.Concurrent;
using Distribution.Contracts.Files;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>What the recording grains were told. Survives a restart of the ingest inside the test process, as a database would.</summary>
internal static class FileRecords
{
    private static readonly ConcurrentDictionary<string, PublishedFile> Files = new();
    private static readonly Signal Changed = new();

    /// <summary>Changes to a file of such a name fail, as they do when no silo answers, until the name is taken out.</summary>
    public static ConcurrentDictionary<string, bool> Unreachable { get; } = new();

    public static void ThrowIfUnreachable(PublishedFile file)
    {
        if (Unreachable.ContainsKey(file.Name))
            throw new TimeoutException("No silo answers.");
    }

    public static PublishedFile? Find(string id) => Files.GetValueOrDefault(id);

    public static void Set(PublishedFile file)
    {
        Files[file.Id] = file;
        Changed.Raise();
    }

    public static Task<PublishedFile> WhenAsync(string id, FileState state) =>
        Changed.WaitAsync(() => Find(id) is { } file && file.State == state ? file : null);
}

/// <summary>Keeps to the contract of <see cref="IPublishedFileGrain"/> and writes down what it hears.</summary>
public sealed class RecordingFileGrain : Grain, IPublishedFileGrain
{
    private string Id => this.GetPrimaryKeyString();

    public Task<PublishedFile?> GetAsync() => Task.FromResult(FileRecords.Find(Id));

    public Task<PublishedFile> CreateAsync(PublishedFile file)
    {
        FileRecords.ThrowIfUnreachable(file);
        if (FileRecords.Find(Id) is { } known)
        {
            if (known.Name != file.Name || known.SizeBytes != file.SizeBytes || known.CreatedAt != file.CreatedAt)
                throw new InvalidOperationException("It is another file.");
            return Task.FromResult(known);
        }
        FileRecords.Set(file);
        return Task.FromResult(file);
    }

    public Task<PublishedFile> PublishAsync(FileContent content)
    {
        PublishedFile file = FileRecords.Find(Id) ?? throw new InvalidOperationException("Never created.");
        FileRecords.ThrowIfUnreachable(file);
        if (file.State is FileState.Uploading or FileState.Processing)
            FileRecords.Set(
                file = file with
                {
                    State = FileState.Published,
                    Content = content,
                    PublishedAt = TimeProvider.System.GetUtcNow(),
                }
            );
        return Task.FromResult(file);
    }

    public Task FailAsync(string reason)
    {
        PublishedFile file = FileRecords.Find(Id)!;
        FileRecords.ThrowIfUnreachable(file);
        FileRecords.Set(file with { State = FileState.Failed, FailureReason = reason });
        return Task.CompletedTask;
    }

    public Task<PublishedFile?> UpdateAsync(string? title, PeerPolicy? policy, PublishedFile? ifStill) =>
        throw new NotSupportedException();

    public Task<PublishedFile?> RestoreAsync(PublishedFile? ifStill, bool byOperator) =>
        throw new NotSupportedException();

    public Task<PublishedFile> TakeDownAsync(string reason) => throw new NotSupportedException();

    public Task<PublishedFile?> UnpublishAsync(PublishedFile? ifStill)
    {
        PublishedFile file = FileRecords.Find(Id)! with { State = FileState.Unpublished };
        FileRecords.Set(file);
        return Task.FromResult<PublishedFile?>(file);
    }
}
