using System.Text;
using Distribution.Contracts.Access;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Ingest.Uploads;

/// <summary>
/// <c>POST /api/v1/folders</c>: tells a folder's files, and gets the tus upload that takes their bytes one after another, in the order in
/// which they were told.
/// </summary>
internal sealed class FolderEndpoints(UploadDesk desk, ReplacedFiles replaced)
{
    // The largest number of files with paths of usual length.
    private const long MaxBodyBytes = 32 << 20;
    private const string ContentType = "application/octet-stream";

    public void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/v1/folders", (Delegate)CreateAsync)
            .RequireAuthorization(AccessPolicies.Upload)
            .WithTags("Uploads")
            .WithName("CreateFolder")
            .WithSummary("Begin the upload of a folder; its bytes are sent by tus to the answer's Location")
            .Accepts<FolderRequest>("application/json")
            .Produces<FolderAnswer>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge);

    private async Task<IResult> CreateAsync(HttpContext context)
    {
        (FolderRequest? request, IResult? refusal) = await JsonBody.ReadAsync(
            context,
            FolderRequestJson.Default.FolderRequest,
            MaxBodyBytes
        );
        if (request is null)
            return refusal!;
        if (!TryRead(request, AccessClaims.PublisherOf(context.User), out NewUpload? upload, out refusal))
            return refusal!;
        if (await replaced.CheckAsync(upload!) is { } wrong)
            return wrong;
        UploadStep step = await desk.CreateAsync(upload!, context.RequestAborted);
        if (step.Refusal is not null)
            return step.Refusal;
        string url = $"{context.Request.PathBase}{TusEndpoints.Path}/{step.Manifest.FileId}";
        context.Response.Headers.Location = url;
        return Results.Json(
            new FolderAnswer(step.Manifest.FileId, url, step.Manifest.SizeBytes),
            FolderRequestJson.Default.FolderAnswer,
            statusCode: StatusCodes.Status201Created
        );
    }

    private static bool TryRead(FolderRequest request, string publisherId, out NewUpload? upload, out IResult? refusal)
    {
        upload = null;
        refusal = null;
        TorrentFormat? format = null;
        if (FileNames.Check(request.Name) is { } reason)
            refusal = Problem.InvalidName.With(reason);
        else if (!UploadTitle.TryRead(request.Title, request.Name, out string title, out string? error))
            refusal = Problem.InvalidMetadata.With(error);
        else if (request.Format is not null && !TorrentFormats.TryParse(request.Format, out format))
            refusal = Problem.InvalidMetadata.With($"The format is not {TorrentFormats.Known}.");
        else
        {
            ContentFile[] files = [.. request.Files.Select(file => new ContentFile(file.Path, file.Size))];
            if (FolderFiles.Check(files) is { } wrong)
                refusal = Problem.InvalidFolder.With(wrong);
            else
                upload = new NewUpload
                {
                    PublisherId = publisherId,
                    Name = request.Name,
                    Title = title,
                    ContentType = ContentType,
                    SizeBytes = files.Sum(file => file.SizeBytes),
                    Format = format,
                    PieceLengthBytes = request.PieceLength,
                    Files = files,
                    Replaces = request.Replaces,
                    UploadMetadata = $"filename {Convert.ToBase64String(Encoding.UTF8.GetBytes(request.Name))}",
                };
        }
        return upload is not null;
    }
}
