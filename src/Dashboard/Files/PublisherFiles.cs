using Distribution.Contracts.Access;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Files;

/// <summary>The publisher's files, for API and pages alike. A file of another publisher is not there.</summary>
internal sealed class PublisherFiles(IGrainFactory grains, IHttpContextAccessor http, AuditTrail audit)
{
    /// <summary>Longest title, in UTF-16 characters.</summary>
    public const int MaxTitleLength = 200;

    private const int MaxIdLength = 64;

    private string Publisher => AccessClaims.PublisherOf(http.HttpContext!.User);

    public Task<FilePage> ListAsync(string? cursor, int limit) =>
        grains.GetGrain<IFileCatalogGrain>(0).ListAsync(Publisher, cursor, limit);

    /// <summary>The titles of those of these files that the publisher has, by id.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FindTitlesAsync(IReadOnlyList<string> fileIds) =>
        fileIds.Count == 0
            ? new Dictionary<string, string>()
            : (await grains.GetGrain<IFileCatalogGrain>(0).FindAsync(Publisher, fileIds)).ToDictionary(
                static file => file.Id,
                static file => file.Title
            );

    /// <summary>Null where the publisher has no such file.</summary>
    public async Task<PublishedFile?> FindAsync(string fileId)
    {
        PublishedFile? file = await FindAnyAsync(fileId);
        return file?.PublisherId == Publisher ? file : null;
    }

    /// <summary>A published file of any publisher, for viewers; null where there is none.</summary>
    public async Task<PublishedFile?> FindPublishedAsync(string fileId)
    {
        PublishedFile? file = await FindAnyAsync(fileId);
        return file is { State: FileState.Published, Content: not null } ? file : null;
    }

    /// <summary>The file and its other versions.</summary>
    public async Task<FileVersions> ListVersionsAsync(PublishedFile file) =>
        new(
            await grains
                .GetGrain<IFileCatalogGrain>(0)
                .ListVersionsAsync(file.PublisherId, file.FirstVersionId ?? file.Id)
        );

    /// <summary>Null: the file is not what it was, which <paramref name="onlyIfStill"/> asked for.</summary>
    /// <param name="title">Already cleaned by <see cref="TryCleanTitle"/>; null leaves it.</param>
    public async Task<PublishedFile?> UpdateAsync(
        PublishedFile file,
        string? title,
        PeerPolicy? policy,
        bool onlyIfStill = false
    )
    {
        PublishedFile? next = await GrainOf(file).UpdateAsync(title, policy, onlyIfStill ? file : null);
        if (next is null)
            return null;
        if (next.Title != file.Title)
            await audit.LogAsync(audit.Entry("file.renamed", file.Id, $"{file.Title} → {next.Title}"));
        if (next.Policy != file.Policy)
            await audit.LogAsync(audit.Entry("file.policy-changed", file.Id, $"{file.Policy} → {next.Policy}"));
        return next;
    }

    /// <inheritdoc cref="UpdateAsync"/>
    public async Task<PublishedFile?> UnpublishAsync(PublishedFile file, bool onlyIfStill = false)
    {
        PublishedFile? next = await GrainOf(file).UnpublishAsync(onlyIfStill ? file : null);
        if (next is not null && file.State != FileState.Unpublished)
            await audit.LogAsync(audit.Entry("file.unpublished", file.Id, file.Title));
        return next;
    }

    /// <summary>Undoes a takedown. Null: as in <see cref="UpdateAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">It was not published, or the time is over.</exception>
    public async Task<PublishedFile?> RestoreAsync(PublishedFile file, bool onlyIfStill = false)
    {
        PublishedFile? next = await GrainOf(file).RestoreAsync(onlyIfStill ? file : null);
        if (next is not null && file.State != FileState.Published)
            await audit.LogAsync(audit.Entry("file.restored", file.Id, file.Title));
        return next;
    }

    /// <summary>Null where the file has no open swarm.</summary>
    public async Task<SwarmSnapshot?> FindSwarmAsync(PublishedFile file) =>
        file is { State: FileState.Published, Content: { } content }
            ? await grains.GetGrain<ISwarmGrain>(content.InfoHash.ToString()).GetSnapshotAsync()
            : null;

    /// <summary>The same with who holds how much.</summary>
    public async Task<SwarmLive?> FindLiveAsync(PublishedFile file) =>
        file is { State: FileState.Published, Content: { } content }
            ? await grains.GetGrain<ISwarmGrain>(content.InfoHash.ToString()).GetLiveAsync()
            : null;

    /// <summary>Trims a title. False: <paramref name="error"/> says what is wrong, for people.</summary>
    public static bool TryCleanTitle(string? title, out string clean, out Refusal? error)
    {
        clean = title?.Trim() ?? "";
        error =
            clean.Length == 0 ? new Refusal("The title is empty.")
            : clean.Length > MaxTitleLength
                ? new Refusal("The title has {0} characters; {1} are allowed.", clean.Length, MaxTitleLength)
            : clean.Any(char.IsControl) ? new Refusal("The title contains control characters.")
            : null;
        return error is null;
    }

    private IPublishedFileGrain GrainOf(PublishedFile file) => grains.GetGrain<IPublishedFileGrain>(file.Id);

    // Ids are made by us from these characters; asking a grain for anything else would only wake it for nothing.
    public static bool IsId(string text) =>
        text.Length is > 0 and <= MaxIdLength
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private Task<PublishedFile?> FindAnyAsync(string fileId) =>
        IsId(fileId) ? grains.GetGrain<IPublishedFileGrain>(fileId).GetAsync() : Task.FromResult<PublishedFile?>(null);
}
