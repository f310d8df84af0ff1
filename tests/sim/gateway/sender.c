/*
 * sender.c - put an answer on the line, whole or broken
 */
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "sender.h"

#define HUGE_SIZE (100ULL * 1024 * 1024)
#define BLOCK_SIZE 65536

/* An answer that breaks off: its body, and where. */
struct torn {
	char *body;	/* owned */
	size_t size;
};

static ssize_t
read_torn(void *context, uint64_t position, char *out, size_t room)
{
	struct torn *torn = context;
	size_t half = torn->size / 2;
	size_t count;

	if (position >= half)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	count = half - (size_t)position;
	if (count > room)
		count = room;
	memcpy(out, torn->body + position, count);
	return (ssize_t)count;
}

static void
free_torn(void *context)
{
	struct torn *torn = context;

	free(torn->body);
	free(torn);
}

/* JSON that begins well and does not end. */
static ssize_t
read_huge(void *context, uint64_t position, char *out, size_t room)
{
	static const char head[] = "{\"maKetQua\":\"000\",\"ghiChu\":\"";

	(void)context;
	memset(out, 'A', room);
	if (position == 0 && room >= sizeof(head))
		memcpy(out, head, sizeof(head) - 1);
	return (ssize_t)room;
}

static struct MHD_Response *
torn_response_new(struct sim_reply *reply)
{
	struct torn *torn = malloc(sizeof(*torn));

	if (torn == NULL)
		return NULL;
	*torn = (struct torn){ reply->body, reply->size };
	reply->body = NULL;
	return MHD_create_response_from_callback(torn->size, BLOCK_SIZE,
	    read_torn, torn, free_torn);
}

/* MHD takes the body and frees it. */
static struct MHD_Response *
whole_response_new(struct sim_reply *reply)
{
	void *body = reply->body;

	reply->body = NULL;
	if (body == NULL)
		return MHD_create_response_from_buffer(0, NULL,
		    MHD_RESPMEM_PERSISTENT);
	return MHD_create_response_from_buffer(reply->size, body,
	    MHD_RESPMEM_MUST_FREE);
}

static struct MHD_Response *
response_new(struct sim_reply *reply)
{
	switch (reply->shape) {
	case SIM_SHAPE_HALF:
		return torn_response_new(reply);
	case SIM_SHAPE_HUGE:
		return MHD_create_response_from_callback(HUGE_SIZE,
		    BLOCK_SIZE, read_huge, NULL, NULL);
	case SIM_SHAPE_WHOLE:
		return whole_response_new(reply);
	case SIM_SHAPE_CLOSE:
	case SIM_SHAPE_HANG:
		break;
	}
	return NULL;
}

enum MHD_Result
sim_send(struct sim_call *call)
{
	struct MHD_Response *response = response_new(&call->reply);
	enum MHD_Result result;

	if (response == NULL)
		return MHD_NO;
	if (call->reply.type != NULL)
		(void)MHD_add_response_header(response, "Content-Type",
		    call->reply.type);
	if (call->reply.location != NULL)
		(void)MHD_add_response_header(response, "Location",
		    call->reply.location);
	result = MHD_queue_response(call->connection, call->reply.status,
	    response);
	MHD_destroy_response(response);
	return result;
}
