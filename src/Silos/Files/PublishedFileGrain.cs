using System.Diagnostics;
using Distribution.Contracts.Files;
using Distribution.Contracts.Links;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Accounts;
using Distribution.Silos.Telemetry;
using Distribution.Silos.Webhooks;

namespace Distribution.Silos.Files;

/// <summary>The shell around <see cref="FileLife"/>: stores what it answers, and opens and closes the swarm.</summary>
internal sealed class PublishedFileGrain(
    FileCatalog catalog,
    PublisherSettingsTable settings,
    PublicUrls urls,
    TimeProvider clock
) : Grain, IPublishedFileGrain
{
    private PublishedFile? _file;

    public override async Task OnActivateAsync(CancellationToken cancellationToken) =>
        _file = await catalog.FindAsync(this.GetPrimaryKeyString());

    public Task<PublishedFile?> GetAsync() => Task.FromResult(_file);

    public async Task<PublishedFile> CreateAsync(PublishedFile file)
    {
        if (file.Id != this.GetPrimaryKeyString())
            throw new ArgumentException("The record is of another file.", nameof(file));
        // Only a new file: what is there already keeps what was set for it.
        if (_file is null)
            file = file.Replaces is { } replaced
                ? FileLife.ReplaceWith(file, await catalog.FindAsync(replaced))
                : file with
                {
                    Policy = (await settings.ReadAsync(file.PublisherId)).DefaultPolicy,
                };
        return await StoreAsync(FileLife.Create(_file, file));
    }

    public async Task<PublishedFile> PublishAsync(FileContent content)
    {
        using Activity? activity = SiloMetrics.Activities.StartActivity("publish");
        PublishedFile next = FileLife.Publish(Existing(), content, clock.GetUtcNow());
        // Whoever sees the file as published can announce; a crash between the two is made good by the repeat.
        await OpenSwarmAsync(next);
        return await StoreAsync(next);
    }

    public async Task FailAsync(string reason) => await StoreAsync(FileLife.Fail(Existing(), reason));

    public async Task<PublishedFile?> UpdateAsync(string? title, PeerPolicy? policy, PublishedFile? ifStill)
    {
        if (IsAnother(ifStill))
            return null;
        PublishedFile next = FileLife.Update(Existing(), title, policy);
        if (policy is not null && next.State == FileState.Published)
            await OpenSwarmAsync(next);
        return await StoreAsync(next);
    }

    public async Task<PublishedFile?> UnpublishAsync(PublishedFile? ifStill) =>
        IsAnother(ifStill) ? null : await CloseAsync(current => FileLife.Unpublish(current, clock.GetUtcNow()));

    public Task<PublishedFile> TakeDownAsync(string reason) =>
        CloseAsync(current => FileLife.TakeDown(current, reason, clock.GetUtcNow()));

    public async Task<PublishedFile?> RestoreAsync(PublishedFile? ifStill, bool byOperator)
    {
        if (IsAnother(ifStill))
            return null;
        PublishedFile next = FileLife.Restore(Existing(), clock.GetUtcNow(), byOperator);
        await OpenSwarmAsync(next);
        return await StoreAsync(next);
    }

    private async Task<PublishedFile> CloseAsync(Func<PublishedFile, PublishedFile> close)
    {
        PublishedFile current = Existing();
        if (current is { State: FileState.Published, Content: { } content })
            await SwarmOf(content).CloseAsync(current.Id);
        return await StoreAsync(close(current));
    }

    private bool IsAnother(PublishedFile? expected) => expected is not null && expected != _file;

    private PublishedFile Existing() =>
        _file ?? throw new InvalidOperationException($"There is no file {this.GetPrimaryKeyString()}.");

    private ISwarmGrain SwarmOf(FileContent content) => GrainFactory.GetGrain<ISwarmGrain>(content.InfoHash.ToString());

    private Task OpenSwarmAsync(PublishedFile file)
    {
        FileContent content = file.Content!;
        return SwarmOf(content)
            .OpenAsync(
                new SwarmDefinition(
                    file.Id,
                    file.PublisherId,
                    content.InfoHash,
                    file.Name,
                    file.SizeBytes,
                    content.PieceLengthBytes,
                    file.Policy,
                    content.InfoHashV2
                )
            );
    }

    private async Task<PublishedFile> StoreAsync(PublishedFile next)
    {
        if (!ReferenceEquals(next, _file))
        {
            await catalog.StoreAsync(next, WebhookEvent.OfFile(_file, next, urls, clock.GetUtcNow()));
            _file = next;
        }
        return next;
    }
}
