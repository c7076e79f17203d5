using Distribution.Contracts.Access;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Files;
using Distribution.Dashboard.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/collections</c>: groups of files that have a report together.</summary>
internal static class CollectionEndpoints
{
    public static void MapCollections(this RouteGroupBuilder v1)
    {
        RouteGroupBuilder collections = v1.MapGroup("/collections").WithTags("Reports");
        collections
            .MapGet("", ListAsync)
            .WithName("ListCollections")
            .WithSummary("The publisher's collections, by name")
            .Produces<ItemList<CollectionResource>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        collections
            .MapGet("/{name}", GetAsync)
            .WithName("GetCollection")
            .WithSummary("One collection")
            .Produces<CollectionResource>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        collections
            .MapPut("/{name}", PutAsync)
            .RequireAuthorization(AccessPolicies.Manage)
            .WithName("PutCollection")
            .WithSummary("Make a collection, or change what is in it")
            .Accepts<CollectionWish>("application/json")
            .Produces<CollectionResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        collections
            .MapDelete("/{name}", DeleteAsync)
            .RequireAuthorization(AccessPolicies.Manage)
            .WithName("DeleteCollection")
            .WithSummary("Forget a collection; its files and their reports stay")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] ListAsk ask,
        [FromServices] PublisherCollections collections
    ) => ask.Page(await collections.ListAsync(), static collection => collection.Name, CollectionResource.Of);

    private static async Task<IResult> GetAsync(string name, [FromServices] PublisherCollections collections) =>
        await collections.FindAsync(name) is { } collection
            ? Results.Ok(CollectionResource.Of(collection))
            : Problems.NoSuch("collection");

    private static async Task<IResult> PutAsync(
        string name,
        HttpRequest request,
        [FromServices] PublisherCollections collections,
        [FromServices] PublisherFiles files
    )
    {
        if (!ReportCollection.IsName(name))
            return Problems.Invalid(
                $"A collection's name has 1 to {ReportCollection.MaxNameLength} letters, digits, dots, dashes or underscores."
            );
        if (
            await SmallJson.ReadAsync<CollectionWish>(request)
            is not { Files: { Count: >= 1 and <= ReportCollection.MaxFiles } wanted }
        )
            return Problems.Invalid(
                $"Send a JSON object with \"files\": 1 to {ReportCollection.MaxFiles} ids of your files, in at most 16 KiB."
            );
        foreach (string id in wanted)
        {
            if (id is null || await files.FindAsync(id) is null)
                return Problems.NoSuchFile(id ?? "");
        }
        var collection = new ReportCollection(
            name,
            [.. wanted.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
        );
        return await SetAsync(collection, await collections.FindAsync(name), request, collections)
            ?? Results.Ok(CollectionResource.Of(collection));
    }

    private static async Task<IResult> DeleteAsync(
        string name,
        HttpRequest request,
        [FromServices] PublisherCollections collections
    ) =>
        await collections.FindAsync(name) is { } now
            ? await SetAsync(new ReportCollection(name, []), now, request, collections) ?? Results.NoContent()
            : Problems.NoSuch("collection");

    /// <param name="now">As it was read just now; what is not there is not what a client has read.</param>
    /// <returns>Why it stays as it is; null: done.</returns>
    private static async Task<IResult?> SetAsync(
        ReportCollection wanted,
        ReportCollection? now,
        HttpRequest request,
        PublisherCollections collections
    )
    {
        bool isConditional = EntityTags.IsConditional(request);
        if (now is null && isConditional)
            return Problems.Changed();
        if (now is not null && EntityTags.Refusal(request, CollectionResource.Of(now)) is { } refusal)
            return refusal;
        return await collections.SetAsync(wanted, isConditional ? now : null) ? null : Problems.Changed();
    }
}
