using Distribution.Dashboard.Access;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Idempotency;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Distribution.Dashboard.Api;

/// <summary>Describes what all calls have in common: headers that they take, and limits.</summary>
internal sealed class CommonParts : IOpenApiOperationTransformer
{
    /// <summary>The security scheme of calls that no key opens.</summary>
    public const string SessionScheme = "session";

    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
        string path = "/" + context.Description.RelativePath;
        if (!path.StartsWith(ApiHosting.Root + "/", StringComparison.Ordinal))
            return Task.CompletedTask;
        string method = context.Description.HttpMethod ?? "";
        bool isOurs = metadata.OfType<ConditionalMetadata>().Any();
        if (method == "POST" && !metadata.OfType<ReadsOnly>().Any() && !metadata.OfType<IAllowAnonymous>().Any())
        {
            AddHeader(
                operation,
                IdempotentPosts.Header,
                "Sent again with the same key within 24 hours, the request gets the first answer and is not done twice."
            );
            AddProblem(
                operation,
                "409",
                "The first request with this key is not answered yet, or its outcome is not known; or as said otherwise."
            );
            AddProblem(operation, "422", "The key was used for another request; or as said otherwise.");
        }
        if (isOurs && method == "GET")
        {
            AddHeader(operation, "If-None-Match", "An ETag: 304 if it still is what would be sent.");
            operation.Responses?.TryAdd("304", new OpenApiResponse { Description = "Not Modified" });
        }
        if ((isOurs && method is "PATCH" or "DELETE" or "PUT") || metadata.OfType<ConditionalPost>().Any())
        {
            AddHeader(operation, "If-Match", "An ETag: the change is made only if nobody has made another since.");
            AddProblem(operation, "412", "Precondition Failed");
        }
        if (metadata.OfType<IAuthorizeData>().Any(data => data.Policy == AccessHosting.OwnAccountOnly))
        {
            operation.Security =
            [
                new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference(SessionScheme, context.Document)] = [],
                },
            ];
        }
        AddProblem(operation, "429", "Too Many Requests");
        return Task.CompletedTask;
    }

    private static void AddHeader(OpenApiOperation operation, string name, string description)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(
            new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Description = description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            }
        );
    }

    private static void AddProblem(OpenApiOperation operation, string status, string description) =>
        operation.Responses?.TryAdd(
            status,
            new OpenApiResponse
            {
                Description = description,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new OpenApiMediaType
                    {
                        Schema = new OpenApiSchemaReference("ProblemDetails"),
                    },
                },
            }
        );
}
